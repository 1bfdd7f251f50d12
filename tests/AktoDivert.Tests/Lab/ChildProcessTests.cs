using AktoDivert.Lab.Execution;

namespace AktoDivert.Tests.Lab;

[TestClass]
public sealed class ChildProcessTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task A_program_that_the_terminals_interrupt_reached_before_it_began_runs_again()
    {
        var folder = Directory.CreateTempSubdirectory("aktodivert-child-").FullName;
        try
        {
            var result = await ChildProcess.RunAsync(
                ["sh", "-c", $"mkdir '{folder}/begun' 2>/dev/null && kill -INT $$; echo ran"], TimeSpan.FromSeconds(30), TestContext.CancellationToken);
            Assert.AreEqual(0, result.ExitCode);
            Assert.AreEqual("ran\n", result.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
