namespace AktoDivert.SystemTests.Console;

/// <summary>The live pages on PostgreSQL.</summary>
[TestClass]
[TestCategory("System")]
public sealed class LivePagesOnPostgresTests : LivePages
{
    [ClassInitialize]
    public static Task StartAsync(TestContext context) => StartAsync(onPostgres: true, context);

    [ClassCleanup]
    public static Task EndAsync() => StopAsync();
}
