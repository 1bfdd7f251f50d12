using System.CommandLine;
using AktoDivert.Lab;
using AktoDivert.Lab.Commands;

var root = new RootCommand("A small AI internet on this machine: servers in the vendors' shapes, an employee's pc, and real client programs.")
{
    UpCommand.Create(),
    DownCommand.Create(),
    ExecCommand.Create(),
    InstallAppsCommand.Create(),
    ClientCommands.CreateList(),
    ClientCommands.CreateCall(),
    ClientCommands.CreateTraffic(),
    CheckCommand.Create(),
    DemoCommand.Create(),
    UpstreamCommand.Create(),
    DotnetClientCommand.Create(),
};
LabOptions.AddTo(root);
try
{
    // Taking the lab down must not be cut short.
    var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30), EnableDefaultExceptionHandler = false };
    return await root.Parse(args).InvokeAsync(invocation);
}
catch (LabException problem)
{
    await Console.Error.WriteLineAsync($"aktodivert-lab: {problem.Message}");
    return ExitCodes.Unusable;
}
catch (OperationCanceledException)
{
    return ExitCodes.Failed;
}
