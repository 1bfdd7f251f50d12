namespace AktoDivert.FunctionalTests.Console;

internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("console-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
