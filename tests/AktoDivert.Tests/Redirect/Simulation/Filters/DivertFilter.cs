using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Filters;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Tests.Redirect.Simulation.Filters;

/// <summary>
/// A filter, parsed and evaluated as the driver does (windivert_helper.c, checked with the real compiler): the simulator and the tests use
/// it; on Windows the driver compiles the text itself.
/// </summary>
internal sealed class DivertFilter
{
    /// <summary>Most instructions of a compiled filter.</summary>
    public const int MaxInstructions = 256;

    private static readonly Dictionary<string, uint> _macros = new(StringComparer.Ordinal)
    {
        ["TRUE"] = 1, ["FALSE"] = 0, ["TCP"] = 6, ["UDP"] = 17, ["ICMP"] = 1, ["ICMPV6"] = 58,
        ["PACKET"] = 0, ["ESTABLISHED"] = 1, ["DELETED"] = 2, ["BIND"] = 3, ["CONNECT"] = 4, ["LISTEN"] = 5, ["ACCEPT"] = 6,
        ["OPEN"] = 8, ["NETWORK"] = 0, ["NETWORK_FORWARD"] = 1, ["FLOW"] = 2, ["SOCKET"] = 3, ["REFLECT"] = 4,
    };

    private readonly DivertLayer _layer;
    private readonly FilterNode _root;

    private DivertFilter(DivertLayer layer, FilterNode root)
    {
        _layer = layer;
        _root = root;
    }

    /// <summary>Tests in it.</summary>
    public int Tests => _root.Tests;

    /// <summary>Parses; throws <see cref="FilterSyntaxException"/> for what the driver's compiler refuses.</summary>
    public static DivertFilter Parse(string text, DivertLayer layer)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new Parser(Tokenize(text), layer, text.Length);
        var root = parser.ReadAll();
        return root.Tests <= MaxInstructions
            ? new DivertFilter(layer, root)
            : throw new FilterSyntaxException($"the filter has {root.Tests} tests, over {MaxInstructions}", 0);
    }

    /// <summary>Whether a packet or event matches.</summary>
    public bool Matches(Span<byte> packet, in DivertAddress address) => _root.Evaluate(new FilterSubject(_layer, packet, address));

    private static List<FilterToken> Tokenize(string text)
    {
        var tokens = new List<FilterToken>();
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            if (IsWord(text[i]))
            {
                // A colon belongs to an IPv6 address when no blank stands before it, and else to a choice.
                while (i < text.Length && (IsWord(text[i]) || text[i] == ':'))
                {
                    i++;
                }
            }
            else if (i + 1 < text.Length && text.Substring(i, 2) is "==" or "!=" or "<=" or ">=" or "&&" or "||" or "::")
            {
                i += 2;
                while (text[start] == ':' && i < text.Length && (IsWord(text[i]) || text[i] == ':'))
                {
                    i++;
                }
            }
            else if (text[i] is '(' or ')' or '!' or '=' or '<' or '>' or '?' or ':')
            {
                i++;
            }
            else
            {
                throw new FilterSyntaxException($"'{text[i]}' is no part of a filter", i);
            }

            tokens.Add(new FilterToken(text[start..i], start));
        }

        return tokens;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_';

    private static FilterLayers Of(DivertLayer layer) => layer switch
    {
        DivertLayer.Network => FilterLayers.Network,
        DivertLayer.NetworkForward => FilterLayers.Forward,
        DivertLayer.Flow => FilterLayers.Flow,
        DivertLayer.Socket => FilterLayers.Socket,
        _ => FilterLayers.Reflect,
    };

    private sealed class Parser(List<FilterToken> tokens, DivertLayer layer, int length)
    {
        private const int MaxDepth = 64;
        private int _next;
        private int _depth;

        private string Current => _next < tokens.Count ? tokens[_next].Text : "";

        private int Position => _next < tokens.Count ? tokens[_next].Position : length;

        public FilterNode ReadAll()
        {
            var node = ReadOr();
            return _next == tokens.Count ? node : throw Unexpected();
        }

        private FilterNode ReadOr()
        {
            var left = ReadAnd();
            while (Take("or") || Take("||"))
            {
                left = new FilterNode.Pair(left, ReadAnd(), IsAnd: false);
            }

            return left;
        }

        private FilterNode ReadAnd()
        {
            var left = ReadTerm();
            while (Take("and") || Take("&&"))
            {
                left = new FilterNode.Pair(left, ReadTerm(), IsAnd: true);
            }

            return left;
        }

        private FilterNode ReadTerm()
        {
            if (!Take("("))
            {
                return ReadTest();
            }

            if (++_depth > MaxDepth)
            {
                throw new FilterSyntaxException("too many parentheses", Position);
            }

            var node = ReadOr();
            if (Take("?"))
            {
                var then = ReadOr();
                Expect(":");
                node = new FilterNode.Choice(node, then, ReadOr());
            }

            Expect(")");
            _depth--;
            return node;
        }

        private FilterNode ReadTest()
        {
            var negated = false;
            while (Take("not") || Take("!"))
            {
                negated = !negated;
            }

            if (Current is "true" or "false")
            {
                var value = Current == "true";
                _next++;
                return new FilterNode.Constant(value != negated);
            }

            var field = FilterFields.Find(Current) ?? throw Unexpected();
            if ((field.Layers & Of(layer)) == 0)
            {
                throw new FilterSyntaxException($"the field {field.Name} does not exist on the layer {layer}", Position);
            }

            _next++;
            if (Current is not ("==" or "=" or "!=" or "<" or ">" or "<=" or ">="))
            {
                return new FilterNode.Test(field, negated, "!=", UInt128.Zero);
            }

            var comparison = Current;
            _next++;
            return new FilterNode.Test(field, negated, comparison, ReadValue(field));
        }

        private UInt128 ReadValue(FieldReader field)
        {
            var text = Current;
            var hex = text.StartsWith("0x", StringComparison.Ordinal);
            UInt128 value;
            if (text == "CLOSE")
            {
                value = layer == DivertLayer.Reflect ? 9u : 7u;
            }
            else if (_macros.TryGetValue(text, out var macro))
            {
                value = macro;
            }
            else if (!UInt128.TryParse(hex ? text.AsSpan(2) : text, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out value))
            {
                var isAddress = field.Name.EndsWith("Addr", StringComparison.Ordinal);
                value = isAddress && IPAddress.TryParse(text, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3)
                    ? FlowKey.ToNumber(address, out _)
                    : throw Unexpected();
            }

            _next++;
            return value;
        }

        private bool Take(string text)
        {
            var taken = Current == text;
            _next += taken ? 1 : 0;
            return taken;
        }

        private void Expect(string text)
        {
            if (!Take(text))
            {
                throw Unexpected();
            }
        }

        private FilterSyntaxException Unexpected() =>
            new(Current.Length == 0 ? "the filter ends too early" : $"'{Current}' is not expected", Position);
    }
}
