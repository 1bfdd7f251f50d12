namespace AktoDivert.Lab.Network;

/// <summary>Reads /etc/environment as pam_env does at sign-in: <c>NAME=value</c> lines, optional <c>export</c>, quotes and # comments.</summary>
internal static class LoginEnvironment
{
    public static IReadOnlyDictionary<string, string> Read(string file) =>
        File.Exists(file) ? Parse(File.ReadAllLines(file)) : new Dictionary<string, string>();

    public static IReadOnlyDictionary<string, string> Parse(IEnumerable<string> lines)
    {
        var variables = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            var text = line.Trim();
            text = text.StartsWith("export ", StringComparison.Ordinal) ? text[7..].TrimStart() : text;
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || text[0] == '#')
            {
                continue;
            }

            variables[text[..equals]] = Unquote(text[(equals + 1)..]);
        }

        return variables;
    }

    private static string Unquote(string value) =>
        value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0] ? value[1..^1] : value;
}
