using System.Globalization;
using AktoDivert.Core.Diagnostics;

namespace AktoDivert.Capture.Upload;

/// <summary>
/// Records on disk while the console is away: encrypted, bounded, drop-oldest, in the order they were made. Files are written through to
/// the operating system with each append: a killed agent loses nothing, a machine without power the last seconds. Used by the uploader
/// alone; only <see cref="Count"/> may be read from elsewhere.
/// </summary>
internal sealed class Spool : IDisposable
{
    private readonly SortedDictionary<long, SpoolSegment> _segments = [];
    private readonly string _directory;
    private readonly long _maxBytes;
    private readonly long _segmentBytes;
    private readonly AgentCounters _counters;
    private readonly SpoolCipher _cipher;
    private FileStream? _writing;
    private long _nextNumber;
    private long _bytes;
    private int _count;
    private SpoolPosition _acknowledged;

    /// <summary>
    /// Opens the spool of an earlier run or makes an empty one. Damaged ends are skipped when they are met, counted as
    /// <c>upload.spool.damaged</c>. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when the folder cannot be
    /// used.
    /// </summary>
    public Spool(string directory, long maxBytes, AgentCounters counters)
    {
        (_directory, _maxBytes, _counters) = (directory, maxBytes, counters);
        _segmentBytes = Math.Max(1 << 20, maxBytes / 32);
        OwnerOnlyFile.CreateDirectory(directory);
        _cipher = SpoolCipher.Open(Path.Combine(directory, "spool.key"));
        _acknowledged = ReadAcknowledged();

        // Numbers never come back: a new segment below the acknowledged place would count as uploaded.
        _nextNumber = _acknowledged.Segment + 1;
        foreach (var path in Directory.EnumerateFiles(directory, "*.seg"))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                Load(new SpoolSegment(number, path));
            }
        }
    }

    /// <summary>Records waiting.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Adds records; the oldest segments make room, their records counted as <c>upload.dropped.spool-full</c>. What cannot be written is
    /// dropped and counted as <c>upload.dropped.spool-error</c>.
    /// </summary>
    public void Append(IReadOnlyList<SerializedRecord> records)
    {
        var written = 0;
        try
        {
            foreach (var record in records)
            {
                var segment = Writable();
                var frame = SpoolFrame.Encrypt(_cipher, segment.Number, segment.Bytes, record.Json.Span);
                RandomAccess.Write(_writing!.SafeFileHandle, frame, segment.Bytes);
                segment.Bytes += frame.Length;
                segment.Pending++;
                _bytes += frame.Length;
                written++;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The segment may end in half a frame now: what follows goes into another one.
            CloseWriting();
            _counters.Add("upload.dropped.spool-error", records.Count - written);
        }

        Interlocked.Add(ref _count, written);
        while (_bytes > _maxBytes && _segments.Count > 1)
        {
            var oldest = _segments.First().Value;
            _counters.Add("upload.dropped.spool-full", oldest.Pending);
            Delete(oldest);
        }
    }

    /// <summary>
    /// The oldest records, together at most the given count and bytes but one at least if there is any, and the place after them.
    /// </summary>
    public (List<SerializedRecord> Records, SpoolPosition End) Read(int maxCount, long maxBytes)
    {
        while (_segments.Count > 0)
        {
            var segment = _segments.First().Value;
            if (ReadSegment(segment, maxCount, maxBytes, out var end) is not { } records)
            {
                _counters.Add("upload.spool.unreadable");
                break;
            }

            if (records.Count > 0)
            {
                return (records, new SpoolPosition(segment.Number, end));
            }

            // Nothing whole is left in it. What it still counts is damaged.
            _counters.Add("upload.spool.damaged", segment.Pending);
            Delete(segment);
        }

        return ([], _acknowledged);
    }

    /// <summary>Marks everything before a place that <see cref="Read"/> gave as uploaded; it survives a restart.</summary>
    /// <param name="end">The place.</param>
    /// <param name="count">Records since the last acknowledged place.</param>
    public void Acknowledge(SpoolPosition end, int count)
    {
        if (!_segments.TryGetValue(end.Segment, out var segment))
        {
            return;
        }

        _acknowledged = end;
        count = Math.Min(count, segment.Pending);
        segment.Pending -= count;
        Interlocked.Add(ref _count, -count);
        if (end.Offset >= segment.Bytes)
        {
            Delete(segment);
        }
        else
        {
            WriteAcknowledged();
        }
    }

    public void Dispose()
    {
        CloseWriting();
        _cipher.Dispose();
    }

    // Null when the disk refuses, which may pass; a place that is damaged ends the list.
    private List<SerializedRecord>? ReadSegment(SpoolSegment segment, int maxCount, long maxBytes, out long end)
    {
        var records = new List<SerializedRecord>();
        end = _acknowledged.Segment == segment.Number ? _acknowledged.Offset : 0;
        try
        {
            using var file = new FileStream(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            for (long bytes = 0; records.Count < maxCount; )
            {
                var length = SpoolFrame.LengthAt(file, end);
                bytes += length;
                if (length == 0 || (records.Count > 0 && bytes > maxBytes)
                    || SpoolFrame.Decrypt(_cipher, file, segment.Number, end, length) is not { } record)
                {
                    break;
                }

                records.Add(new SerializedRecord(record));
                end += length;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return records;
    }

    private SpoolSegment Writable()
    {
        if (_writing is not null && _segments.TryGetValue(_nextNumber - 1, out var current) && current.Bytes < _segmentBytes)
        {
            return current;
        }

        CloseWriting();
        var number = _nextNumber++;
        var path = Path.Combine(_directory, number.ToString("D12", CultureInfo.InvariantCulture) + ".seg");
        _writing = OwnerOnlyFile.Open(path, FileMode.Create, FileAccess.ReadWrite);
        return _segments[number] = new SpoolSegment(number, path);
    }

    private void Load(SpoolSegment segment)
    {
        _nextNumber = Math.Max(_nextNumber, segment.Number + 1);
        using var file = new FileStream(segment.Path, FileMode.Open, FileAccess.Read);
        long offset = 0;
        for (int length; (length = SpoolFrame.LengthAt(file, offset)) > 0; offset += length)
        {
            segment.Pending += IsAcknowledged(segment.Number, offset) ? 0 : 1;
        }

        if (offset < file.Length)
        {
            _counters.Add("upload.spool.damaged");
        }

        // A torn end is left out of the length, so that the segment counts as finished when its last whole record is uploaded.
        segment.Bytes = offset;
        if (segment.Pending == 0)
        {
            File.Delete(segment.Path);
            return;
        }

        _segments.Add(segment.Number, segment);
        _bytes += segment.Bytes;
        _count += segment.Pending;
    }

    private bool IsAcknowledged(long segment, long offset) =>
        segment < _acknowledged.Segment || (segment == _acknowledged.Segment && offset < _acknowledged.Offset);

    private void Delete(SpoolSegment segment)
    {
        if (segment.Number == _nextNumber - 1)
        {
            CloseWriting();
        }

        _segments.Remove(segment.Number);
        _bytes -= segment.Bytes;
        Interlocked.Add(ref _count, -segment.Pending);
        try
        {
            File.Delete(segment.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It would be sent once more after a restart, unless the acknowledged place says otherwise.
            _acknowledged = new SpoolPosition(segment.Number, segment.Bytes);
            WriteAcknowledged();
        }
    }

    private void CloseWriting()
    {
        _writing?.Dispose();
        _writing = null;
    }

    private string AcknowledgedPath => Path.Combine(_directory, "acknowledged");

    private void WriteAcknowledged()
    {
        try
        {
            var temporary = AcknowledgedPath + ".new";
            File.WriteAllText(temporary, string.Create(CultureInfo.InvariantCulture, $"{_acknowledged.Segment} {_acknowledged.Offset}\n"));
            File.Move(temporary, AcknowledgedPath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The place is still known in memory; after a restart the records go out twice, with the same ids.
            _counters.Add("upload.spool.unacknowledged");
        }
    }

    private SpoolPosition ReadAcknowledged()
    {
        var words = File.Exists(AcknowledgedPath) ? File.ReadAllText(AcknowledgedPath).Split(' ', 3) : [];
        return words.Length == 2
            && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var segment)
            && long.TryParse(words[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? new SpoolPosition(segment, offset)
            : default;
    }
}
