using Helpdesk.Routing.Classification;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public class SpecialClustersTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 9, 12, 0, 0, TimeSpan.Zero);

    private static SpecialRequest Request(long id, double hoursAgo, string text) =>
        new(id, Now.AddHours(-hoursAgo), text);

    private static IReadOnlyList<SpecialCluster> Find(IReadOnlyList<SpecialRequest> requests, bool isWhole = true) =>
        SpecialClusters.Find(new(requests, requests.Select(r => r.At).DefaultIfEmpty(Now).Min(), isWhole), Now);

    [Fact]
    public void A_burst_of_like_requests_is_emerging_and_a_steady_trickle_is_not()
    {
        var requests = new List<SpecialRequest>
        {
            Request(1, 5, "The fingerprint login of the app crashes"),
            Request(2, 4, "App crashes at fingerprint login since today"),
            Request(3, 3, "fingerprint login crashes"),
            Request(4, 2, "My app crashes when I use the fingerprint login"),
            Request(9, 1, "Do you sponsor a football club?"),
        };
        requests.AddRange(
            Enumerable
                .Range(0, 7)
                .Select(d => Request(20 + d, (d * 24) + 6, "Parking places behind your branch building"))
        );
        var clusters = Find(requests);
        clusters[0].IsEmerging.ShouldBeTrue();
        clusters[0].TicketIds.ShouldBe([1, 2, 3, 4]);
        clusters[0].Words.ShouldContain("fingerprint");
        clusters.Single(c => c.TicketIds.Contains(20)).IsEmerging.ShouldBeFalse();
        clusters.ShouldAllBe(c => !c.TicketIds.Contains(9));
        Find([]).ShouldBeEmpty();
    }

    [Fact]
    public void A_cluster_is_named_by_what_is_wrong_and_not_by_greetings_and_of_like_words_by_the_earlier()
    {
        List<SpecialRequest> requests =
        [
            .. Enumerable
                .Range(1, 4)
                .Select(i => Request(i, i, "Hello, wallet sync freezes after biometric pairing. Thanks for your help")),
            Request(9, 5, "Do you sponsor a football club?"),
        ];
        Find(requests)[0].Words.ShouldBe(["wallet", "sync", "freezes", "biometric"]);
    }

    [Fact]
    public void Where_there_are_thousands_four_alike_are_chance_and_a_burst_within_hours_is_none()
    {
        // all that could be read came within twelve hours: what is recent are the last three
        var requests = Enumerable
            .Range(0, 1200)
            .Select(i => Request(i, i / 100.0, $"{Word(i)} {Word(i + 5000)} {Word(i + 9000)}"))
            .ToList();
        requests.AddRange(
            Enumerable.Range(0, 48).Select(i => Request(3000 + i, i / 4.0, "Parking places behind the building"))
        );
        requests.AddRange(
            Enumerable.Range(0, 3).Select(i => Request(4000 + i, i / 2.0, "Do you sponsor football clubs"))
        );
        requests.AddRange(
            Enumerable.Range(0, 20).Select(i => Request(5000 + i, i / 10.0, "The QR reader refuses every code"))
        );
        var clusters = Find(requests, isWhole: false);
        var emerging = clusters.Where(c => c.IsEmerging).ShouldHaveSingleItem();
        emerging.Lately.ShouldBe(20);
        emerging.Recent.TotalHours.ShouldBe(3, 0.01);
        emerging.Words.ShouldContain("qr");
        clusters.Single(c => c.TicketIds.Contains(3000)).TicketIds.Count.ShouldBe(48);
    }

    // a word of its own for each number
    private static string Word(int number)
    {
        var letters = new char[5];
        for (var at = 0; at < letters.Length; at++, number /= 26)
            letters[at] = (char)('a' + (number % 26));
        return new string(letters);
    }
}
