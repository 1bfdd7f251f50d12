using System.Globalization;
using System.Text.Json;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Wire;
using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Guardrails.Policies;

/// <summary>Checks policies and makes them ready to run. All errors of all policies are found in one go; what is wrong is left out.</summary>
public sealed class PolicyCompiler
{
    private static readonly Dictionary<string, DetectorType> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["secrets"] = DetectorType.Secrets, ["pii"] = DetectorType.Pii, ["prompt-injection"] = DetectorType.PromptInjection,
        ["source-code"] = DetectorType.SourceCode, ["topics"] = DetectorType.Topics, ["words"] = DetectorType.Words, ["regex"] = DetectorType.Regex,
        ["token-limit"] = DetectorType.TokenLimit, ["hosts"] = DetectorType.Hosts, ["mcp-tools"] = DetectorType.McpTools,
        ["attachments"] = DetectorType.Attachments, ["personal-account"] = DetectorType.PersonalAccount, ["remote"] = DetectorType.Remote,
    };

    private static readonly Dictionary<string, Verdict> Actions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["alert"] = Verdict.Alert, ["warn"] = Verdict.Warn, ["redact"] = Verdict.Redact, ["block"] = Verdict.Block,
    };

    private static readonly Dictionary<string, FindingSeverity> Severities = new(StringComparer.OrdinalIgnoreCase)
    {
        ["low"] = FindingSeverity.Low, ["medium"] = FindingSeverity.Medium, ["high"] = FindingSeverity.High, ["critical"] = FindingSeverity.Critical,
    };

    private static readonly Dictionary<string, Direction> Directions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["request"] = Direction.Request, ["response"] = Direction.Response, ["both"] = Direction.Both,
    };

    private static readonly Dictionary<string, bool> Failures = new(StringComparer.OrdinalIgnoreCase) { ["open"] = false, ["closed"] = true };

    private static readonly Dictionary<string, bool> Histories = new(StringComparer.OrdinalIgnoreCase) { ["new"] = false, ["all"] = true };

    private static readonly Dictionary<string, bool> ExceptionKinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["phrase"] = true, ["hash"] = true, ["path"] = true, ["user"] = true, ["tool"] = true,
    };

    private readonly List<PolicyError> _errors = [];
    private readonly List<DetectorSet> _sets = [];
    private readonly Dictionary<string, int> _setsBySettings = new(StringComparer.Ordinal);

    private PolicyCompiler()
    {
    }

    /// <summary>The words that a detector's <c>type</c> may be.</summary>
    public static IReadOnlyCollection<string> DetectorTypes => Types.Keys;

    /// <summary>Compiles policies; those with errors are left out, and disabled ones are only checked.</summary>
    /// <param name="policies">The documents.</param>
    /// <param name="errors">Everything wrong with any of them.</param>
    /// <param name="place">Where they stand, for the errors.</param>
    public static PolicySet Compile(IReadOnlyList<GuardrailPolicy> policies, out IReadOnlyList<PolicyError> errors, string place = "$.policies")
    {
        ArgumentNullException.ThrowIfNull(policies);
        var compiler = new PolicyCompiler();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var compiled = new List<CompiledPolicy>();
        for (var i = 0; i < policies.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{place}[{i}]");
            var before = compiler._errors.Count;
            if (policies[i] is null)
            {
                compiler.Wrong(at, "is empty", "write a policy or take it out");
                continue;
            }

            if (!names.Add(policies[i].Name) && policies[i].Name.Length > 0)
            {
                compiler.Wrong($"{at}.name", $"\"{policies[i].Name}\" is the name of another policy", "give each policy a name of its own");
            }

            var policy = compiler.Policy(policies[i], at);
            if (compiler._errors.Count == before && policies[i].Enabled)
            {
                compiled.Add(policy);
            }
        }

        errors = compiler._errors;
        return new PolicySet(compiled, compiler._sets);
    }

    private CompiledPolicy Policy(GuardrailPolicy policy, string at)
    {
        if (string.IsNullOrWhiteSpace(policy.Name) || policy.Name.Length > 200)
        {
            Wrong($"{at}.name", "is missing or longer than 200 characters", "name the policy");
        }

        if (policy.Message is { Length: > 2000 })
        {
            Wrong($"{at}.message", "is longer than 2000 characters", "shorten it");
        }

        if (policy.Detectors is not { Count: > 0 })
        {
            Wrong($"{at}.detectors", "is missing or empty", "write at least one detector, for example {\"type\":\"secrets\"}");
        }

        var action = Word(policy.Action, Actions, $"{at}.action");
        var cannot = Word(policy.CannotRedact, Actions, $"{at}.cannotRedact");
        if (cannot is Verdict.Redact or Verdict.Warn)
        {
            Wrong($"{at}.cannotRedact", $"is \"{policy.CannotRedact}\"", "write alert or block");
        }

        return new CompiledPolicy
        {
            Source = policy,
            Scope = Scope(policy.Scope ?? new GuardrailScope(), $"{at}.scope"),
            CannotRedact = cannot,
            FailClosed = Word(policy.OnFailure, Failures, $"{at}.onFailure"),
            AllHistory = Word(policy.History, Histories, $"{at}.history"),
            Severity = Word(policy.Severity, Severities, $"{at}.severity"),
            Detectors = [.. Each(policy.Detectors, $"{at}.detectors", (detector, place) => Detector(detector, action, place))],
            Exceptions = Each(policy.Exceptions, $"{at}.exceptions", Exception),
        };
    }

    private ScopeMatcher Scope(GuardrailScope scope, string at)
    {
        var domains = Each(scope.Domains, $"{at}.domains", (text, place) =>
        {
            if (HostPattern.TryParseDomain(text, out var pattern, out _) || HostPattern.TryParse(text, out pattern, out var error))
            {
                return pattern!;
            }

            Wrong(place, $"\"{text}\" is refused: {error?.TrimEnd('.')}", "write a domain such as openai.com, or a host pattern");
            return null;
        });
        foreach (var (name, list) in new[] { ("apps", scope.Apps), ("processes", scope.Processes), ("users", scope.Users), ("devices", scope.Devices), ("tags", scope.Tags) })
        {
            NoBlanks(list, $"{at}.{name}");
        }

        return new ScopeMatcher(scope, domains, Word(scope.Direction, Directions, $"{at}.direction"));
    }

    private CompiledDetector? Detector(GuardrailDetector detector, Verdict policyAction, string at)
    {
        if (!Types.TryGetValue(detector.Type ?? "", out var type))
        {
            Wrong($"{at}.type", $"\"{detector.Type}\" is not a detector", $"write one of: {string.Join(", ", Types.Keys)}");
            return null;
        }

        if (detector.Threshold is { } threshold && threshold is not (>= 0 and <= 1))
        {
            Wrong($"{at}.threshold", string.Create(CultureInfo.InvariantCulture, $"is {threshold}"), "write a number from 0 to 1");
        }

        if (detector.MinimumCount < 1)
        {
            Wrong($"{at}.minCount", string.Create(CultureInfo.InvariantCulture, $"is {detector.MinimumCount}"), "write a whole number from 1");
        }

        var action = detector.Action is null ? policyAction : Word(detector.Action, Actions, $"{at}.action");
        Settings(detector, type, at);
        return new CompiledDetector(type, detector, action, Set(detector, type, at));
    }

    private void Settings(GuardrailDetector detector, DetectorType type, string at)
    {
        switch (type)
        {
            case DetectorType.Words:
                Needed(detector.Words, $"{at}.words", "write the words");
                break;
            case DetectorType.Regex:
                Needed(detector.Patterns, $"{at}.patterns", "write the expressions");
                break;
            case DetectorType.Topics when detector.Topics is not { Count: > 0 }:
                Wrong($"{at}.topics", "is missing or empty", "write at least one topic with keywords or samples");
                break;
            case DetectorType.TokenLimit when detector.MaximumTokens is not > 0:
                Wrong($"{at}.maxTokens", "is missing or not above 0", "write the most tokens that one message may have");
                break;
            case DetectorType.Hosts:
                Needed(detector.Hosts, $"{at}.hosts", "write hosts, with or without a path");
                if (detector.Hosts?.FirstOrDefault(host => host.Trim('*', '.', '/').Length == 0) is { } broad)
                {
                    Wrong($"{at}.hosts", $"\"{broad}\" matches every host", "name a host");
                }

                break;
            case DetectorType.McpTools when detector.Allow is null && detector.Deny is null:
                Wrong(at, "allows and denies nothing", "write allow or deny with names of tools");
                break;
            case DetectorType.Attachments when detector.Deny is not { Count: > 0 } && detector.MaximumBytes is not > 0:
                Wrong(at, "limits nothing", "write deny with extensions or media types, or maxBytes");
                break;
            case DetectorType.PersonalAccount:
                Needed(detector.Company, $"{at}.company", "write the ids of the company's organisations");
                break;
        }

        NoBlanks(detector.Entities, $"{at}.entities");
    }

    // Equal settings share one set, so that ten policies about secrets cost one scan.
    private int Set(GuardrailDetector detector, DetectorType type, string at)
    {
        if (type is DetectorType.Hosts or DetectorType.McpTools or DetectorType.Attachments or DetectorType.PersonalAccount or DetectorType.Remote)
        {
            return -1;
        }

        var only = new GuardrailPolicy { Detectors = [detector with { MinimumCount = 1, Action = null }] };
        var key = JsonSerializer.Serialize(only, WireJson.Default.GuardrailPolicy);
        if (_setsBySettings.TryGetValue(key, out var index))
        {
            return index;
        }

        var problems = new List<string>();
        var set = DetectorSet.Create(Options(detector, type), problems);
        foreach (var problem in problems)
        {
            Wrong(at, "is refused: " + problem.TrimEnd('.'), "correct it");
        }

        _sets.Add(set);
        return _setsBySettings[key] = _sets.Count - 1;
    }

    private static DetectorOptions Options(GuardrailDetector detector, DetectorType type)
    {
        var options = new DetectorOptions();
        return type switch
        {
            DetectorType.Secrets => options with { Secrets = true, SecretThreshold = detector.Threshold ?? options.SecretThreshold },
            DetectorType.Pii => options with { Pii = detector.Entities ?? [], PiiThreshold = detector.Threshold ?? options.PiiThreshold },
            DetectorType.PromptInjection => options with { PromptInjection = true, InjectionThreshold = detector.Threshold ?? options.InjectionThreshold },
            DetectorType.SourceCode => options with { SourceCode = true, Languages = detector.Entities ?? [] },
            DetectorType.Words => options with { WordLists = [new WordListOption("words", detector.Words ?? [])] },
            DetectorType.Regex => options with { Patterns = [.. (detector.Patterns ?? []).Select(p => new PatternOption(p, p))] },
            DetectorType.TokenLimit => options with { TokenLimit = detector.MaximumTokens },
            DetectorType.Topics => options with
            {
                Topics = [.. (detector.Topics ?? []).Select(t => new TopicOption(t.Name, t.Keywords ?? [], t.Samples ?? [], detector.Threshold ?? 0.55))],
            },
            _ => options,
        };
    }

    private CompiledException? Exception(GuardrailException exception, string at)
    {
        Word(exception.Kind, ExceptionKinds, $"{at}.kind");
        if (string.IsNullOrWhiteSpace(exception.Value))
        {
            Wrong($"{at}.value", "is missing", "write the phrase, hash, path, user or tool");
        }

        DateTimeOffset? expires = null;
        if (exception.Expires is { } text)
        {
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
            {
                expires = end;
            }
            else
            {
                Wrong($"{at}.expires", $"\"{text}\" is not a date", "write it as 2026-12-31 or 2026-12-31T18:00:00Z");
            }
        }

        return new CompiledException((exception.Kind ?? "").ToLowerInvariant(), exception.Value ?? "", expires);
    }

    private List<TResult> Each<T, TResult>(IReadOnlyList<T>? list, string at, Func<T, string, TResult?> compile)
        where TResult : class
    {
        var result = new List<TResult>();
        for (var i = 0; i < (list?.Count ?? 0); i++)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{at}[{i}]");
            if (list![i] is null)
            {
                Wrong(place, "is empty", "take it out");
            }
            else if (compile(list[i], place) is { } compiled)
            {
                result.Add(compiled);
            }
        }

        return result;
    }

    private T Word<T>(string? word, Dictionary<string, T> words, string at)
    {
        if (!words.TryGetValue(word ?? "", out var value))
        {
            Wrong(at, $"\"{word}\" is not one of the known words", $"write one of: {string.Join(", ", words.Keys)}");
        }

        return value!;
    }

    private void Needed(IReadOnlyList<string>? list, string at, string fix)
    {
        if (list is not { Count: > 0 })
        {
            Wrong(at, "is missing or empty", fix);
        }

        NoBlanks(list, at);
    }

    private void NoBlanks(IReadOnlyList<string>? list, string at)
    {
        if (list?.Any(string.IsNullOrWhiteSpace) == true)
        {
            Wrong(at, "has a blank entry", "take it out");
        }
    }

    private void Wrong(string at, string problem, string fix) => _errors.Add(new PolicyError(at, problem, fix));
}
