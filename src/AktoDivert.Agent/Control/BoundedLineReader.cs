using System.Buffers;
using System.IO.Pipelines;

namespace AktoDivert.Agent.Control;

/// <summary>Reads lines ended by a newline, none longer than a bound.</summary>
internal sealed class BoundedLineReader(Stream stream, int mostBytes) : IAsyncDisposable
{
    private readonly PipeReader _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

    /// <summary>The next line without its newline; null at the end, where an unfinished line is dropped.</summary>
    /// <exception cref="InvalidDataException">The line is longer than the bound.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            var newline = result.Buffer.PositionOf((byte)'\n');
            var length = newline is { } at ? result.Buffer.Slice(0, at).Length : result.Buffer.Length;
            if (length > mostBytes)
            {
                throw new InvalidDataException($"the line is longer than {mostBytes} bytes");
            }

            if (newline is { } end)
            {
                var line = result.Buffer.Slice(0, end).ToArray();
                _reader.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line;
            }

            if (result.IsCompleted)
            {
                return null;
            }

            _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _reader.CompleteAsync();
}
