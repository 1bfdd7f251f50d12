using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Hosting;

namespace AktoDivert.Tests.Agent.Hosting;

[TestClass]
public sealed class InstanceLockTests
{
    [TestMethod]
    public void A_second_agent_is_told_the_process_of_the_first()
    {
        using var state = new TemporaryState();
        using (InstanceLock.Take(state.Options))
        {
            var fault = Assert.ThrowsExactly<CommandException>(() => InstanceLock.Take(state.Options));
            Assert.AreEqual(ExitCode.AlreadyRunning, fault.ExitCode);
            StringAssert.Contains(fault.Message, $"process {Environment.ProcessId}");
        }

        InstanceLock.Take(state.Options).Dispose();
    }
}
