using Helpdesk.Routing.Classification;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public class SpecialClustersTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 9, 12, 0, 0, TimeSpan.Zero);

    private static SpecialRequest Request(long id, double hoursAgo, string text) =>
        new(id, Now.AddHours(-hoursAgo), text);

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
        var clusters = SpecialClusters.Find(requests, Now);
        clusters[0].IsEmerging.ShouldBeTrue();
        clusters[0].TicketIds.ShouldBe([1, 2, 3, 4]);
        clusters[0].Words.ShouldContain("fingerprint");
        clusters.Single(c => c.TicketIds.Contains(20)).IsEmerging.ShouldBeFalse();
        clusters.ShouldAllBe(c => !c.TicketIds.Contains(9));
        SpecialClusters.Find([], Now).ShouldBeEmpty();
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
        SpecialClusters.Find(requests, Now)[0].Words.ShouldBe(["wallet", "sync", "freezes", "biometric"]);
    }
}
