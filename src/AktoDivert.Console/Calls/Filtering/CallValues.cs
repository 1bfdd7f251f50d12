using System.Collections.Frozen;
using System.Globalization;
using System.Linq.Expressions;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>
/// The different values of those columns of calls that have few, on PostgreSQL: a filter for a part of a text is looked up here and becomes a filter
/// for whole values, which an index finds. Values are added by the transaction that stores the first call with them, and never removed.
/// </summary>
internal sealed class CallValues(IDbContextFactory<ConsoleDb> databases) : IDisposable
{
    /// <summary>A column that has more different values is not looked up.</summary>
    public const int Most = 5000;

    private static readonly FrozenDictionary<string, Func<CallRow, string>> Columns = new[]
    {
        nameof(CallRow.DeviceId), nameof(CallRow.Device), nameof(CallRow.User), nameof(CallRow.App), nameof(CallRow.Process), nameof(CallRow.Host), nameof(CallRow.Method),
        nameof(CallRow.Path), nameof(CallRow.Protocol), nameof(CallRow.Rule), nameof(CallRow.Model), nameof(CallRow.Provider),
    }.ToDictionary(name => name, name => typeof(CallRow).GetProperty(name)!.GetMethod!.CreateDelegate<Func<CallRow, string>>())
        .Append(new(nameof(CallRow.Status), c => c.Status.ToString(CultureInfo.InvariantCulture))).ToFrozenDictionary();

    private readonly SemaphoreSlim _reading = new(1, 1);
    private FrozenDictionary<string, HashSet<string>> _values = Columns.Keys.ToFrozenDictionary(c => c, _ => new HashSet<string>(StringComparer.Ordinal));
    private long _last;

    /// <summary>Adds the values of calls within the transaction that stores them.</summary>
    /// <returns>Whether there were new ones.</returns>
    public async Task<bool> AddAsync(NpgsqlConnection connection, IReadOnlyList<NewCall> calls, CancellationToken cancellation)
    {
        var known = Volatile.Read(ref _values);
        var added = new HashSet<(string Column, string Value)>();
        foreach (var (column, get) in Columns)
        {
            var values = known[column];
            foreach (var call in values.Count < Most ? calls : [])
            {
                if (get(call.Call) is var value && !values.Contains(value))
                {
                    added.Add((column, value));
                }
            }
        }

        if (added.Count == 0)
        {
            return false;
        }

        await using var command = new NpgsqlCommand(
            """INSERT INTO "CallValues" ("Column", "Value") SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING""", connection);
        command.Parameters.Add(new() { Value = added.Select(a => a.Column).ToArray() });
        command.Parameters.Add(new() { Value = added.Select(a => a.Value).ToArray() });
        await command.ExecuteNonQueryAsync(cancellation);
        return true;
    }

    /// <summary>Takes over what was committed since, by any node.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var rows = await db.CallValues.AsNoTracking().Where(v => v.Id > _last).OrderBy(v => v.Id).ToListAsync(cancellation);
            if (rows.Count > 0)
            {
                // Readers have no lock, so a set is never changed.
                var added = rows.ToLookup(r => r.Column, r => r.Value);
                Volatile.Write(ref _values, _values.ToFrozenDictionary(
                    v => v.Key, v => added.Contains(v.Key) ? new HashSet<string>(v.Value.Concat(added[v.Key]), StringComparer.Ordinal) : v.Value));
                _last = rows[^1].Id;
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>A condition with its comparisons of such columns made ones for whole values.</summary>
    public Expression<Func<CallRow, bool>> Resolve(Expression<Func<CallRow, bool>> condition) =>
        (Expression<Func<CallRow, bool>>)new Lookup(Volatile.Read(ref _values)).Visit(condition);

    public void Dispose() => _reading.Dispose();

    private sealed class Lookup(FrozenDictionary<string, HashSet<string>> known) : ExpressionVisitor
    {
        /// <summary>So many values are no use to an index, and many calls have one of them.</summary>
        private const int MostResolved = 500;

        protected override Expression VisitMethodCall(MethodCallExpression node)
        {
            if (node.Method.Name != nameof(DbFunctionsExtensions.Like) || Column(node.Arguments[1], out var anyCase) is not { } column
                || known[column.Member.Name] is not { Count: < Most } values || Value(node.Arguments[2]) is not { } pattern)
            {
                return base.VisitMethodCall(node);
            }

            var found = values.Where(v => LikePattern.Matches(anyCase ? v.ToLowerInvariant() : v, pattern)).ToList();
            return found.Count switch
            {
                0 => Expression.Constant(false),
                > MostResolved => node,
                _ when column.Type == typeof(int) => OneOf(found.ConvertAll(v => int.Parse(v, CultureInfo.InvariantCulture)), column),
                _ => OneOf(found, column),
            };
        }

        private static MethodCallExpression OneOf<T>(List<T> values, MemberExpression column)
        {
            // As a variable, so that the database gets a parameter and one plan serves all values.
            Expression<Func<List<T>>> list = () => values;
            return Expression.Call(list.Body, nameof(List<T>.Contains), null, column);
        }

        /// <summary>The column whose text is compared: as it is, in lower case, or a number's digits.</summary>
        private MemberExpression? Column(Expression text, out bool anyCase)
        {
            var call = text as MethodCallExpression;
            anyCase = call is { Method.Name: nameof(string.ToLower), Object: not null };
            var member = (anyCase || call is { Method.Name: nameof(ToString), Object: not null } ? call!.Object : text) as MemberExpression;
            return member is { Expression: ParameterExpression } && known.ContainsKey(member.Member.Name) ? member : null;
        }

        private static string? Value(Expression pattern) => Expression.Lambda(pattern).Compile(preferInterpretation: true).DynamicInvoke() as string;
    }
}
