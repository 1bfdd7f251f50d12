using AktoDivert.Console.Storage.Migrations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AktoDivert.Console.Storage;

/// <summary>
/// The console's database, SQLite or PostgreSQL. Times are Unix milliseconds because SQLite cannot order by <see cref="DateTimeOffset"/>.
/// </summary>
internal sealed class ConsoleDb(DbContextOptions<ConsoleDb> options) : DbContext(options)
{
    public DbSet<CallRow> Calls => Set<CallRow>();

    public DbSet<CallValueRow> CallValues => Set<CallValueRow>();

    public DbSet<CallContentRow> CallContents => Set<CallContentRow>();

    public DbSet<ViolationRow> Violations => Set<ViolationRow>();

    public DbSet<ViolationCommentRow> ViolationComments => Set<ViolationCommentRow>();

    public DbSet<AppSightingRow> AppSightings => Set<AppSightingRow>();

    public DbSet<EndpointSightingRow> EndpointSightings => Set<EndpointSightingRow>();

    public DbSet<ToolSightingRow> ToolSightings => Set<ToolSightingRow>();

    public DbSet<FlowRow> Flows => Set<FlowRow>();

    public DbSet<TrafficRow> Traffic => Set<TrafficRow>();

    public DbSet<AppRow> Apps => Set<AppRow>();

    public DbSet<CatalogueAppRow> CatalogueApps => Set<CatalogueAppRow>();

    public DbSet<UpdateRingRow> UpdateRings => Set<UpdateRingRow>();

    public DbSet<PriceRow> Prices => Set<PriceRow>();

    public DbSet<DeviceRow> Devices => Set<DeviceRow>();

    public DbSet<DiagnosticsRow> Diagnostics => Set<DiagnosticsRow>();

    public DbSet<AccessTokenRow> AccessTokens => Set<AccessTokenRow>();

    public DbSet<PersonRow> People => Set<PersonRow>();

    public DbSet<ProxyPatternRow> ProxyPatterns => Set<ProxyPatternRow>();

    public DbSet<DomainRow> Domains => Set<DomainRow>();

    public DbSet<LearnedOverrideRow> LearnedOverrides => Set<LearnedOverrideRow>();

    public DbSet<GuardrailPolicyRow> GuardrailPolicies => Set<GuardrailPolicyRow>();

    public DbSet<ExceptionRow> Exceptions => Set<ExceptionRow>();

    public DbSet<OptionRow> Options => Set<OptionRow>();

    public DbSet<SettingsVersionRow> SettingsVersion => Set<SettingsVersionRow>();

    public DbSet<ConfigurationVersionRow> ConfigurationVersions => Set<ConfigurationVersionRow>();

    public DbSet<ConfigurationSectionRow> ConfigurationSections => Set<ConfigurationSectionRow>();

    public DbSet<AuditEntryRow> AuditEntries => Set<AuditEntryRow>();

    public DbSet<NotificationTargetRow> NotificationTargets => Set<NotificationTargetRow>();

    public DbSet<PresenceRow> Presences => Set<PresenceRow>();

    public DbSet<ForwardRow> Forwards => Set<ForwardRow>();

    public DbSet<SequenceRow> Sequences => Set<SequenceRow>();

    public DbSet<KeyRow> Keys => Set<KeyRow>();

    /// <summary>Whether <see cref="CallRow.PromptWords"/> hold a word; by an index, on PostgreSQL alone.</summary>
    public static bool HasWord(string words, string word) => throw new NotSupportedException("Only the database evaluates this.");

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDbFunction(() => HasWord("", "")).HasName(M0005Filters.HasWord);
        modelBuilder.Entity<CallRow>(call => CallTable(call, Database.IsNpgsql()));
        modelBuilder.Entity<CallValueRow>().HasIndex(v => new { v.Column, v.Value }).IsUnique();
        modelBuilder.Entity<CallContentRow>().HasKey(c => new { c.DeviceId, c.At, c.Id });
        modelBuilder.Entity<ViolationRow>(ViolationTable);
        modelBuilder.Entity<ViolationCommentRow>().HasIndex(c => c.ViolationId);
        modelBuilder.Entity<AppSightingRow>().HasKey(a => new { a.DeviceId, a.App, a.Process });
        modelBuilder.Entity<EndpointSightingRow>().HasKey(e => new { e.DeviceId, e.Host, e.PathFamily, e.App, e.User, e.Model });
        modelBuilder.Entity<ToolSightingRow>().HasKey(t => new { t.DeviceId, t.App, t.Server, t.Tool });
        modelBuilder.Entity<FlowRow>(flow =>
        {
            flow.HasKey(f => new { f.DeviceId, f.At, f.Id });
            flow.HasIndex(f => f.StartedMs);
            flow.HasIndex(f => f.ReceivedMs);
            flow.HasIndex(f => new { f.Host, f.StartedMs });
            flow.HasIndex(f => new { f.App, f.StartedMs });
        });
        modelBuilder.Entity<TrafficRow>(traffic =>
        {
            traffic.HasKey(t => new { t.DeviceId, t.HourMs, t.App, t.Process, t.Host, t.Class, t.Rule });
            traffic.HasIndex(t => t.HourMs);
        });
        modelBuilder.Entity<AppRow>().HasKey(a => a.App);
        modelBuilder.Entity<PriceRow>().HasKey(p => p.Model);
        modelBuilder.Entity<DeviceRow>().HasKey(d => d.Id);
        modelBuilder.Entity<DiagnosticsRow>().HasKey(d => d.DeviceId);
        modelBuilder.Entity<AccessTokenRow>(token =>
        {
            token.HasKey(t => t.Hash);
            token.HasIndex(t => t.DeviceId);
        });
        modelBuilder.Entity<PersonRow>(person =>
        {
            person.HasKey(p => p.Name);
            // Of two sign-ins at once one is refused: else one code, or one more guess, would serve both.
            person.Property(p => p.TotpStep).IsConcurrencyToken();
            person.Property(p => p.Failures).IsConcurrencyToken();
            person.Property(p => p.LastSignInMs).IsConcurrencyToken();
        });
        SettingsTables(modelBuilder);
        modelBuilder.Entity<AuditEntryRow>().HasIndex(a => a.AtMs);
        modelBuilder.Entity<NotificationTargetRow>().HasKey(t => t.Id);
        modelBuilder.Entity<PresenceRow>().HasKey(p => new { p.DeviceId, p.Node });
        modelBuilder.Entity<ForwardRow>().HasKey(f => f.Name);
        modelBuilder.Entity<SequenceRow>().HasKey(s => s.Name);
        modelBuilder.Entity<KeyRow>().HasKey(k => k.Name);
    }

    private static void CallTable(EntityTypeBuilder<CallRow> call, bool onPostgres)
    {
        call.HasKey(c => new { c.DeviceId, c.At, c.Id });
        call.Ignore(c => c.Prompt);
        call.HasIndex(c => c.Seq);
        call.HasIndex(c => c.Id);
        call.HasIndex(c => new { c.ConversationId, c.Seq });
        // PostgreSQL has CallIndex for the rest.
        if (!onPostgres)
        {
            call.HasIndex(c => c.ReceivedMs);
            call.HasIndex(c => new { c.Host, c.Seq });
            call.HasIndex(c => new { c.App, c.Seq });
        }
    }

    private static void ViolationTable(EntityTypeBuilder<ViolationRow> violation)
    {
        violation.HasKey(v => new { v.DeviceId, v.Id });
        violation.HasIndex(v => v.Id);
        violation.HasIndex(v => v.ReceivedMs);
        violation.HasIndex(v => v.CallId);
    }

    private static void SettingsTables(ModelBuilder model)
    {
        model.Entity<ProxyPatternRow>().HasKey(p => p.Pattern);
        model.Entity<DomainRow>().HasKey(d => new { d.List, d.Domain });
        model.Entity<LearnedOverrideRow>().HasKey(o => new { o.Process, o.Host });
        model.Entity<CatalogueAppRow>().HasKey(a => a.Id);
        model.Entity<UpdateRingRow>().HasKey(r => r.Name);
        model.Entity<GuardrailPolicyRow>().HasKey(g => g.Id);
        model.Entity<ExceptionRow>().HasKey(e => e.Id);
        model.Entity<OptionRow>().HasKey(o => o.Name);
        model.Entity<SettingsVersionRow>().Property(v => v.Id).ValueGeneratedNever();
        model.Entity<ConfigurationVersionRow>().HasKey(v => v.Version);
        model.Entity<ConfigurationVersionRow>().Property(v => v.Version).ValueGeneratedNever();
        model.Entity<ConfigurationSectionRow>().HasKey(s => s.Hash);
    }
}
