using System.Globalization;

namespace AktoDivert.Redirect.Linux;

/// <summary>Login names by user id, from /etc/passwd. Users of a directory service are not in it and stay without a name.</summary>
internal sealed class UserNames
{
    private const string PasswordFile = "/etc/passwd";
    private Passwords _read = new(default, []);

    internal string Of(uint userId)
    {
        var known = _read;
        var written = File.GetLastWriteTimeUtc(PasswordFile);
        if (written != known.Written)
        {
            known = _read = new Passwords(written, File.Exists(PasswordFile) ? Parse(File.ReadLines(PasswordFile)) : []);
        }

        return known.Names.GetValueOrDefault(userId, "");
    }

    /// <summary>Lines of passwd(5): <c>name:password:uid:...</c>; the first name of an id wins.</summary>
    internal static Dictionary<uint, string> Parse(IEnumerable<string> lines)
    {
        var names = new Dictionary<uint, string>();
        foreach (var fields in lines.Select(line => line.Split(':')))
        {
            if (fields.Length > 2 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                names.TryAdd(id, fields[0]);
            }
        }

        return names;
    }

    private sealed record Passwords(DateTime Written, Dictionary<uint, string> Names);
}
