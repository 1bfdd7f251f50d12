using System.CommandLine;
using AktoDivert.Lab.Execution;
using AktoDivert.Lab.Network;

namespace AktoDivert.Lab.Commands;

internal static class ExecCommand
{
    public static Command Create()
    {
        var employee = new Option<bool>("--employee")
        {
            Description = "As the employee, with the clean environment of a new sign-in; otherwise as root with the caller's.",
        };
        var words = new Argument<string[]>("command") { Description = "Program and arguments, after --.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("exec", "Runs a command on the lab's pc. Example: aktodivert-lab exec -- aktodivert status") { employee, words };
        command.SetAction((parsed, cancellation) =>
        {
            var pc = EmployeePc.Open(LabOptions.Read(parsed));
            var line = parsed.GetValue(words)!;
            return ChildProcess.ForegroundAsync(parsed.GetValue(employee) ? pc.AsEmployee(line) : pc.AsRoot(line), cancellation);
        });
        return command;
    }
}
