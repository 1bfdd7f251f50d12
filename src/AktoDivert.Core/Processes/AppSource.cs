namespace AktoDivert.Core.Processes;

/// <summary>Who says something about an app: that it exists, or whether it is redirected. Weakest first.</summary>
public enum AppSource
{
    /// <summary>The product's own catalogue.</summary>
    Shipped,

    /// <summary>The device's configuration.</summary>
    Device,

    /// <summary>The organisation, on its console.</summary>
    Organisation,
}
