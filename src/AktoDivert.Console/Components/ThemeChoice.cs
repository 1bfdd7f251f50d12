namespace AktoDivert.Console.Components;

/// <summary>The two looks, and which one the person chose in this browser.</summary>
internal static class ThemeChoice
{
    /// <summary>Radzen's name of the light theme.</summary>
    public const string Light = "standard";

    /// <summary>Radzen's name of the dark theme.</summary>
    public const string Dark = "standard-dark";

    /// <summary>Cookie that keeps the choice; it holds one of the two names and nothing else.</summary>
    public const string Cookie = "aktodivert-theme";

    /// <summary>The theme to render a page with.</summary>
    public static string Of(HttpContext context) => context.Request.Cookies[Cookie] == Dark ? Dark : Light;
}
