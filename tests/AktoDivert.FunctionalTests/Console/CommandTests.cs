using System.Net;
using System.Net.Http.Json;
using AktoDivert.Console.Hosting;
using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>The token commands, against the data directory of a console that runs.</summary>
[TestClass]
public sealed class CommandTests
{
    [TestMethod]
    public async Task Enrolment_token_prints_a_token_that_enrols_one_device()
    {
        await using var console = await RunningConsole.StartAsync();
        var token = await PrintedAsync("enrolment-token", "--data", console.Data);

        using var first = await EnrolAsync(console, token);
        using var second = await EnrolAsync(console, token);

        Assert.AreEqual(HttpStatusCode.OK, first.StatusCode);
        Assert.AreEqual(HttpStatusCode.Unauthorized, second.StatusCode);
    }

    [TestMethod]
    public async Task Admin_token_prints_a_token_that_opens_the_admin_api_and_no_page()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = console.Client(await PrintedAsync("admin-token", "--data", console.Data));

        using var calls = await admin.GetAsync("api/admin/calls");
        using var page = await admin.GetAsync("devices");

        Assert.AreEqual(HttpStatusCode.OK, calls.StatusCode);
        Assert.AreEqual(HttpStatusCode.Redirect, page.StatusCode);
    }

    [TestMethod]
    public async Task Sign_in_link_prints_an_address_of_the_console_that_signs_in()
    {
        await using var console = await RunningConsole.StartAsync();
        var address = console.Host.Address.GetLeftPart(UriPartial.Authority);

        var link = await PrintedAsync("sign-in-link", "--data", console.Data, "--urls", address);
        using var answer = await console.Anonymous.GetAsync(link);

        StringAssert.StartsWith(link, address);
        Assert.AreEqual("/account", answer.Headers.Location!.OriginalString);
    }

    [TestMethod]
    public async Task A_token_is_made_before_the_console_ever_ran()
    {
        using var data = new TemporaryDirectory();

        StringAssert.StartsWith(await PrintedAsync("admin-token", "--data", Path.Combine(data.Path, "new")), "akd_admin_");
    }

    private static async Task<string> PrintedAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        var code = await ConsoleCommand.Create().Parse(arguments).InvokeAsync(new() { Output = output });
        Assert.AreEqual(0, code);
        return output.ToString().Trim();
    }

    private static Task<HttpResponseMessage> EnrolAsync(RunningConsole console, string token) => console.Anonymous.PostAsJsonAsync(
        "api/agent/enrol", new EnrolRequest(token, "agent-1", "laptop", "linux"), WireJson.Default.EnrolRequest);
}
