namespace AktoDivert.Redirect;

/// <summary>Names this assembly for tests of its dependencies.</summary>
public static class AssemblyMarker;
