using System.IO.Pipelines;
using System.Text;

namespace AktoDivert.FunctionalTests.Agent;

/// <summary>Standard input or output of something that runs in this process: what is written can be read.</summary>
internal sealed class LineQueue : IDisposable
{
    private readonly Pipe _pipe = new();

    public LineQueue()
    {
        Writer = new StreamWriter(_pipe.Writer.AsStream(), new UTF8Encoding(false)) { AutoFlush = true };
        Reader = new StreamReader(_pipe.Reader.AsStream(), Encoding.UTF8);
    }

    public TextWriter Writer { get; }

    public TextReader Reader { get; }

    /// <summary>Ends what the reader reads.</summary>
    public void Complete() => Writer.Dispose();

    public void Dispose()
    {
        Writer.Dispose();
        Reader.Dispose();
    }
}
