using AktoDivert.Lab.Check;
using AktoDivert.Lab.Clients;

namespace AktoDivert.Tests.Lab;

[TestClass]
public sealed class LabCheckTests
{
    private static readonly LabClient Curl = LabClients.Named("curl");
    private static readonly LabClient Chatty = LabClients.Named("chatty");

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(20_000)]
    public async Task A_record_that_comes_late_is_found_by_the_identity_in_its_prompt()
    {
        var source = new LateSource();
        var check = new LabCheck(source, source.RunAsync, TimeProvider.System, TimeSpan.FromSeconds(10));
        var rows = await check.RunAsync([Curl, Chatty], _ => { }, TestContext.CancellationToken);
        Assert.AreEqual("", string.Join("; ", rows.Where(row => !row.IsRight).Select(row => row.ToString())));
        Assert.IsGreaterThan(2, source.Reads);
    }

    [TestMethod]
    [Timeout(20_000)]
    public async Task A_record_of_an_earlier_run_does_not_count()
    {
        var source = new LateSource { CallInContent = "of another run" };
        var check = new LabCheck(source, source.RunAsync, TimeProvider.System, TimeSpan.FromMilliseconds(600));
        var rows = await check.RunAsync([Curl], _ => { }, TestContext.CancellationToken);
        Assert.IsFalse(rows.Single().Recorded.Right);
        Assert.IsTrue(rows.Single().Decision.Right);
    }

    /// <summary>An agent that redirects at once and a console that knows the call from the third question on.</summary>
    private sealed class LateSource : ICheckSource
    {
        private readonly List<SeenFlow> _flows =
        [
            // A flow from before the check must not be taken for one of it.
            new() { Process = "node", Host = Curl.Host, Action = "Passthrough", Source = "Default", Started = DateTimeOffset.UnixEpoch },
        ];

        public string CallInContent { get; init; } = "run1";

        public int Reads { get; private set; }

        public Task<CallResult> RunAsync(LabClient client, CancellationToken cancellation)
        {
            var (action, step) = client == Chatty ? ("Passthrough", "ChattyDomain") : ("Intercept", "AiDomain");
            _flows.Add(new SeenFlow { Process = "curl", Host = client.Host, Action = action, Source = step, Started = TimeProvider.System.GetUtcNow() });
            return Task.FromResult(new CallResult { Client = client.Name, Call = client == Chatty ? "run2" : "run1", Ok = true, BodiesEqual = true });
        }

        public Task<IReadOnlyList<SeenFlow>> FlowsAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<SeenFlow>>([.. _flows]);

        public Task<IReadOnlyList<SeenCall>> CallsAsync(long after, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<SeenCall>>(
            ++Reads < 3 ? [] : [new SeenCall { Seq = 1, Id = "x", Host = Curl.Host, Path = Curl.Path, Process = "curl", Rule = "AiDomain githubcopilot.com" }]);

        public Task<string> ContentAsync(string id, CancellationToken cancellation) => Task.FromResult($"Say hi. This is lab call {CallInContent}.");
    }
}
