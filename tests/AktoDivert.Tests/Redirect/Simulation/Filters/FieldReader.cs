using AktoDivert.Redirect.Filters;

namespace AktoDivert.Tests.Redirect.Simulation.Filters;

/// <summary>Reads one field of a subject.</summary>
/// <param name="Name">As written.</param>
/// <param name="Layers">Where it is valid.</param>
/// <param name="Read">Its value; null when the subject lacks its header.</param>
internal sealed record FieldReader(string Name, FilterLayers Layers, FieldReader.Reader Read)
{
    /// <summary>Reads a value, or null.</summary>
    public delegate UInt128? Reader(in FilterSubject subject);

    /// <summary>False when the subject lacks its header.</summary>
    public bool TryRead(in FilterSubject subject, out UInt128 value)
    {
        var read = Read(subject);
        value = read.GetValueOrDefault();
        return read.HasValue;
    }
}
