using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Hosting;
using AktoDivert.Agent.Policy;
using AktoDivert.Agent.State;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Intercept.Certificates.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Agent.Commands;

/// <summary><c>trust</c>.</summary>
internal static class TrustCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) => new AgentCommand("trust", "Install the root of this device's certificate authority into its trust stores, remove it, or show where it is. The authority can sign for the AI domains of the policy and for nothing else.", """
        sudo aktodivert trust install
        aktodivert trust show
        sudo aktodivert trust remove
        """)
    {
        Verb(context, "install", "Install the root into every store: system bundle, Java, Chromium, Firefox, and the variable for Node and Bun. Makes the authority at first.", InstallAsync),
        Verb(context, "remove", "Remove every root of ours, of any generation, from every store.", RemoveAsync),
        Verb(context, "show", "Show each store and whether it holds the root.", ShowAsync),
    };

    private static Command Verb(CommandContext context, string name, string description, Func<CommandContext, AgentOptions, CancellationToken, Task<IReadOnlyList<TrustStoreReport>>> act)
    {
        var command = new Command(name, description);
        command.SetAction(async (parse, cancellationToken) =>
        {
            context.RequirePrivilege($"{name} the root");
            try
            {
                var reports = await act(context, context.Options(parse), cancellationToken);
                Write(context.Console, reports, parse.GetValue(context.Json));
                return reports.Any(report => report.State == TrustStoreState.Failed) ? ExitCode.Failed : ExitCode.Done;
            }
            catch (CertificateAuthorityException fault)
            {
                throw new CommandException(ExitCode.Failed, fault.Message);
            }
        });
        return command;
    }

    private static async Task<IReadOnlyList<TrustStoreReport>> InstallAsync(CommandContext context, AgentOptions options, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            AdministratorFolder.CreateAgentFolders();
        }

        PrivateFile.CreateFolder(options.StateDirectory);
        var trust = new TrustInstaller(new TrustRoot());
        var authority = Open(context, options);
        if (authority.Root is null)
        {
            var policy = new PolicyStore(options, ConsoleLocation.Find(options), context.Console.Time);
            using var rollover = new AuthorityRollover(authority, trust, NullLogger<AuthorityRollover>.Instance);
            await rollover.EnsureCoversAsync(ConstraintDomains.From(policy.Provider.Current.Settings).Domains, cancellationToken);
        }

        return await trust.InstallAsync(Root(authority), cancellationToken);
    }

    private static Task<IReadOnlyList<TrustStoreReport>> RemoveAsync(CommandContext context, AgentOptions options, CancellationToken cancellationToken) =>
        new TrustInstaller(new TrustRoot()).RemoveAsync(cancellationToken);

    private static Task<IReadOnlyList<TrustStoreReport>> ShowAsync(CommandContext context, AgentOptions options, CancellationToken cancellationToken) =>
        new TrustInstaller(new TrustRoot()).ShowAsync(Root(Open(context, options)), cancellationToken);

    private static DeviceAuthority Open(CommandContext context, AgentOptions options) =>
        DeviceAuthority.Open(AgentPaths.Authority(options), Device.Identify(options).Label, context.Console.Time);

    private static X509Certificate2 Root(DeviceAuthority authority) => authority.Root
        ?? throw new CommandException(ExitCode.Failed, "this device has no certificate authority yet; make and install it with: sudo aktodivert trust install");

    private static void Write(AgentConsole console, IReadOnlyList<TrustStoreReport> reports, bool json)
    {
        if (json)
        {
            console.WriteJson(reports, ControlJson.Default.IReadOnlyListTrustStoreReport);
            return;
        }

        console.WriteTable(
            ["store", "state", "detail", "fix"],
            [.. reports.Select(report => new[] { report.Store, report.State.ToString(), report.Detail, report.Fix })],
            "This device has no trust store.");
    }
}
