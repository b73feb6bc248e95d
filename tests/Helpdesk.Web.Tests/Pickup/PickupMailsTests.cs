using System.Net;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Pickup;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shouldly;

namespace Helpdesk.Web.Tests.Pickup;

/// <summary>The mails hold links that sign people in: nobody but who sits at this machine while developing sees them.</summary>
public sealed class PickupMailsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("helpdesk-pickup-").FullName;

    [Fact]
    public async Task Mails_are_read_with_their_parts_the_newest_first()
    {
        await WriteAsync("First");
        await Task.Delay(1100, TestContext.Current.CancellationToken); // names tell seconds
        await WriteAsync("Second");
        var mails = await Mails().ListAsync(TestContext.Current.CancellationToken);
        mails.Select(m => m.Subject).ShouldBe(["Second", "First"]);
        mails[0].To.ShouldBe("ann@example.org");
        (await Mails().FindAsync(mails[0].Name, TestContext.Current.CancellationToken))!.Content.TextBody.ShouldBe(
            "Hello\n"
        );
    }

    [Theory]
    [InlineData("Production", "127.0.0.1", "localhost")]
    [InlineData("Development", "192.0.2.7", "localhost")]
    [InlineData("Development", "127.0.0.1", "desk.example")]
    public async Task Elsewhere_there_is_nothing(string environment, string peer, string host)
    {
        await WriteAsync("Secret");
        var mails = Mails(environment, peer, host);
        mails.IsOffered.ShouldBeFalse();
        (await mails.ListAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        var name = Path.GetFileName(Directory.EnumerateFiles(folder).Single());
        (await mails.ReadAsync(name, TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Theory]
    [InlineData("../helpdesk.eml")]
    [InlineData("..%2Fhelpdesk.eml")]
    [InlineData("/etc/passwd")]
    [InlineData("a.eml.part")]
    [InlineData("")]
    public async Task A_name_is_never_a_path(string name)
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "..", "helpdesk.eml"),
            "x",
            TestContext.Current.CancellationToken
        );
        (await Mails().ReadAsync(name, TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        File.Delete(Path.Combine(folder, "..", "helpdesk.eml"));
    }

    private async Task WriteAsync(string subject) =>
        await new PickupFolder(folder, TimeProvider.System).SendAsync(
            new(
                "support@desk.example",
                ["ann@example.org"],
                System.Text.Encoding.ASCII.GetBytes(
                    $"To: ann@example.org\r\nSubject: {subject}\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
                )
            ),
            TestContext.Current.CancellationToken
        );

    private PickupMails Mails(
        string environment = "Development",
        string peer = "127.0.0.1",
        string host = "localhost"
    ) =>
        new(
            new Place { EnvironmentName = environment },
            new HttpContextAccessor
            {
                HttpContext = new DefaultHttpContext
                {
                    Connection = { RemoteIpAddress = IPAddress.Parse(peer) },
                    Request = { Host = new HostString(host, 5080) },
                },
            },
            Options.Create(new OutboundOptions { PickupFolder = folder }),
            Options.Create(new StorageOptions())
        );

    private sealed class Place : IHostEnvironment
    {
        public required string EnvironmentName { get; set; }
        public string ApplicationName { get; set; } = "";
        public string ContentRootPath { get; set; } = "";
        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
