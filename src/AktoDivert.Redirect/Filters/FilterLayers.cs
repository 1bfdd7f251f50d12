namespace AktoDivert.Redirect.Filters;

/// <summary>Layers of the driver, as a set.</summary>
[Flags]
internal enum FilterLayers
{
    None = 0,
    Network = 1,
    Forward = 2,
    Flow = 4,
    Socket = 8,
    Reflect = 16,
    All = 31,
}
