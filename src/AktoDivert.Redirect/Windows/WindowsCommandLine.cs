using System.Text;

namespace AktoDivert.Redirect.Windows;

/// <summary>Splits a command line into arguments by the rules of CommandLineToArgvW.</summary>
internal static class WindowsCommandLine
{
    private const int MostArguments = 1024;

    /// <summary>The arguments, first the invoked name, where a backslash escapes nothing. At most 1,024; never throws.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        var arguments = new List<string>();
        var at = 0;
        SkipBlanks(line, ref at);
        if (at < line.Length)
        {
            arguments.Add(Invoked(line, ref at));
        }

        while (arguments.Count < MostArguments)
        {
            SkipBlanks(line, ref at);
            if (at == line.Length)
            {
                break;
            }

            arguments.Add(Next(line, ref at));
        }

        return arguments;
    }

    private static string Invoked(string line, ref int at)
    {
        var start = at;
        if (line[at] == '"')
        {
            var end = line.IndexOf('"', at + 1);
            end = end < 0 ? line.Length : end;
            at = Math.Min(end + 1, line.Length);
            return line[(start + 1)..end];
        }

        while (at < line.Length && !IsBlank(line[at]))
        {
            at++;
        }

        return line[start..at];
    }

    private static string Next(string line, ref int at)
    {
        var argument = new StringBuilder();
        var quoted = false;
        while (at < line.Length && (quoted || !IsBlank(line[at])))
        {
            var backslashes = 0;
            while (at < line.Length && line[at] == '\\')
            {
                (backslashes, at) = (backslashes + 1, at + 1);
            }

            if (at == line.Length || line[at] != '"')
            {
                argument.Append('\\', backslashes);
                if (at < line.Length && (quoted || !IsBlank(line[at])))
                {
                    argument.Append(line[at++]);
                }

                continue;
            }

            // Before a quote two backslashes stand for one; an odd one makes the quote a letter. Two quotes in quotes are one.
            argument.Append('\\', backslashes / 2);
            at++;
            if (backslashes % 2 == 1)
            {
                argument.Append('"');
            }
            else if (quoted && at < line.Length && line[at] == '"')
            {
                argument.Append('"');
                at++;
            }
            else
            {
                quoted = !quoted;
            }
        }

        return argument.ToString();
    }

    private static void SkipBlanks(string line, ref int at)
    {
        while (at < line.Length && IsBlank(line[at]))
        {
            at++;
        }
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';
}
