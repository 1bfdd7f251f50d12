using AktoDivert.Lab.Clients;
using AktoDivert.Lab.Execution;
using AktoDivert.Lab.Upstream;
using AktoDivert.Lab.Upstream.Shapes;

namespace AktoDivert.Tests.Lab;

[TestClass]
public sealed class ClientRunnerTests
{
    private const string Report = """{"ok":true,"status":200,"detail":"fine","sentSha256":"aa","receivedSha256":"bb"}""";

    private static readonly LabClient Curl = LabClients.Named("curl");
    private static readonly LabClient Codex = LabClients.Named("codex-https");
    private static readonly LabClient Expired = LabClients.Named("expired");

    [TestMethod]
    public void Equal_hashes_on_both_ends_are_equal_bodies()
    {
        var result = ClientRunner.Judge(Curl, "c", Printed(Report), [Request(Curl) with { RequestSha256 = "aa", ResponseSha256 = "bb" }]);
        Assert.IsTrue(result.Ok && result.BodiesEqual);
        Assert.AreEqual(200, result.Status);
    }

    [TestMethod]
    [DataRow("aa", "cc")]
    [DataRow("cc", "bb")]
    public void One_differing_hash_fails_the_call(string request, string response)
    {
        var result = ClientRunner.Judge(Curl, "c", Printed(Report), [Request(Curl) with { RequestSha256 = request, ResponseSha256 = response }]);
        Assert.IsFalse(result.Ok);
        Assert.AreEqual("the server saw other bodies", result.Detail);
    }

    [TestMethod]
    public void A_report_inside_a_page_is_found_and_its_absence_said()
    {
        var page = $"<html><pre id=\"report\">{Report}</pre></html>";
        Assert.IsFalse(ClientRunner.Judge(Curl, "c", Printed(page), []).Ok);
        Assert.AreEqual("the server saw no such request", ClientRunner.Judge(Curl, "c", Printed(page), []).Detail);
        StringAssert.StartsWith(ClientRunner.Judge(Curl, "c", Printed("nothing"), []).Detail, "exit code 0 without a report");
    }

    [TestMethod]
    public void A_program_of_others_must_print_the_whole_answer_and_have_asked_for_it()
    {
        // The refused WebSocket upgrade has the same path and is not the call.
        var upgrade = Request(Codex) with { Method = "GET", ResponseLength = 0 };
        var post = Request(Codex) with { ResponseLength = 4416 };
        Assert.IsTrue(ClientRunner.Judge(Codex, "c", Printed(Answers.Text), [upgrade, post]).Ok);
        Assert.IsFalse(ClientRunner.Judge(Codex, "c", Printed(Answers.Text), [upgrade]).Ok);
        Assert.IsFalse(ClientRunner.Judge(Codex, "c", Printed(Answers.Text[..20]), [upgrade, post]).Ok);
        Assert.IsFalse(ClientRunner.Judge(Codex, "c", Printed(Answers.Text) with { ExitCode = 1 }, [post]).Ok);
    }

    [TestMethod]
    public void A_bad_server_must_be_refused_before_any_request()
    {
        var refused = Printed("""{"ok":false,"status":0,"detail":"curl exit code 60"}""");
        Assert.IsTrue(ClientRunner.Judge(Expired, "c", refused, []).Ok);
        Assert.IsFalse(ClientRunner.Judge(Expired, "c", refused, [Request(Expired)]).Ok);
        Assert.IsFalse(ClientRunner.Judge(Expired, "c", Printed(Report), []).Ok);
    }

    [TestMethod]
    public void A_client_that_hangs_fails_with_its_last_words()
    {
        var result = ClientRunner.Judge(Curl, "c", new ChildResult(-1, "", "still waiting", TimedOut: true), []);
        Assert.IsFalse(result.Ok);
        Assert.AreEqual("not finished after 30 s: still waiting", result.Detail);
    }

    [TestMethod]
    public void Every_client_has_a_name_of_its_own_and_a_host_of_the_lab()
    {
        Assert.HasCount(LabClients.All.Count, LabClients.All.Select(client => client.Name).Distinct().ToArray());
        var hosts = AktoDivert.Lab.Network.LabHost.All.Select(host => host.Name).ToArray();
        Assert.AreEqual("", string.Join(' ', LabClients.All.Where(client => !hosts.Contains(client.Host)).Select(client => client.Name)));
    }

    private static ChildResult Printed(string output) => new(0, output, "", TimedOut: false);

    private static RequestRecord Request(LabClient client) =>
        new() { Call = "c", Host = client.Host, Method = "POST", Url = client.Path + "?x=1", Protocol = "HTTP/1.1", Completed = true };
}
