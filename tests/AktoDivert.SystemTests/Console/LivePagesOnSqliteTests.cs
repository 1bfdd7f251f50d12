namespace AktoDivert.SystemTests.Console;

/// <summary>The live pages on the console's own SQLite file.</summary>
[TestClass]
[TestCategory("System")]
public sealed class LivePagesOnSqliteTests : LivePages
{
    [ClassInitialize]
    public static Task StartAsync(TestContext context) => StartAsync(onPostgres: false, context);

    [ClassCleanup]
    public static Task EndAsync() => StopAsync();
}
