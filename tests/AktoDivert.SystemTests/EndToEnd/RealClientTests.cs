using AktoDivert.Lab.Check;
using AktoDivert.Lab.Clients;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>The real client programs, on the allow-list and not.</summary>
[TestClass]
[TestCategory("System")]
public sealed class RealClientTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(600_000)]
    public async Task Each_client_is_treated_decided_answered_and_recorded_as_it_must_be()
    {
        await using var product = await ProductInLab.StartAsync(TestContext.CancellationToken);
        using var upstream = new UpstreamView(ProductInLab.Paths.UpstreamSocket);
        var runner = new ClientRunner(ProductInLab.Paths, upstream);
        var check = new LabCheck(product.Seen, runner.RunAsync, TimeProvider.System, TimeSpan.FromSeconds(30));

        var rows = await check.RunAsync(LabClients.All, client => TestContext.WriteLine(client.Name), TestContext.CancellationToken);

        var wrong = rows.Where(row => !row.IsRight)
            .Select(row => $"{row.Client}: {string.Join(" | ", row.Cells.Where(cell => !cell.Right).Select(cell => cell.Seen))}");
        Assert.AreEqual("", string.Join('\n', wrong));
        Assert.HasCount(LabClients.All.Count, rows);
    }
}
