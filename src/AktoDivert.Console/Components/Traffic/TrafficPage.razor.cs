using AktoDivert.Console.Calls;
using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.Components.Calls;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Traffic;
using AktoDivert.Core.Guarding;
using Microsoft.AspNetCore.Components;
using Radzen;
using Radzen.Blazor;

namespace AktoDivert.Console.Components.Traffic;

/// <summary>
/// Live list of calls or flows. Arrivals are gathered and only they are read, so that hundreds a second cost two small queries and one render. What it
/// shows stands in the address: <c>q</c> filter, <c>all</c> with chatty requests, <c>view=flows</c> in place of calls,
/// <c>tree</c> beside them, <c>call</c> opened.
/// </summary>
public sealed partial class TrafficPage : ActingComponent
{
    private const int PageSize = 50;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(400);
    private static readonly Dictionary<string, object> SwitchAttributes = new() { ["aria-label"] = "Hide chatty requests" };

    private Gathered _follow = null!;
    private RadzenDataGrid<CallRow>? _grid;
    private List<CallRow> _rows = [];
    private CallOrder _order = CallOrder.Newest;
    private int _count;
    private long _upTo;
    private int _reading;
    private int _waiting;
    private string _text = "";
    private bool _all;
    private bool _flows;
    private bool _tree;
    private bool _paused;
    private bool _loaded;
    private string? _opened;

    [SupplyParameterFromQuery(Name = "q")] private string? AddressFilter { get; set; }

    [SupplyParameterFromQuery(Name = "all")] private bool AddressAll { get; set; }

    [SupplyParameterFromQuery(Name = "view")] private string? AddressView { get; set; }

    [SupplyParameterFromQuery(Name = "tree")] private bool AddressTree { get; set; }

    [SupplyParameterFromQuery(Name = "call")] private string? AddressCall { get; set; }

    private CallFilter Filter => CallFilter.Parse(_text, Time.GetUtcNow(), promptsOnly: !_all);

    private IReadOnlyList<FilterError> Errors => _flows ? FlowFilter.Parse(_text, Time.GetUtcNow()).Errors : Filter.Errors;

    private string PauseText => (_paused, _waiting) switch
    {
        (false, 0) => "Pause",
        (false, _) => $"{_waiting} new",
        (true, 0) => "Resume",
        _ => $"Resume ({_waiting} new)",
    };

    /// <summary>Stops following.</summary>
    public void Dispose()
    {
        Feed.Arrived -= _follow.Ask;
        _follow.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        _follow = Gather(FollowAsync, Pace);
        Feed.Arrived += _follow.Ask;
    }

    protected override async Task OnParametersSetAsync()
    {
        var changed = !_loaded || _text != (AddressFilter ?? "") || _all != AddressAll;
        (_text, _all, _flows, _tree) = (AddressFilter ?? "", AddressAll, AddressView == "flows", AddressTree);
        if (changed)
        {
            await FirstPageAsync();
        }

        if (AddressCall is { Length: > 0 } call && _opened != call)
        {
            _opened = call;
            _ = InvokeAsync(() => OpenAsync(call, "Call"));
        }
    }

    private async Task LoadAsync(LoadDataArgs args)
    {
        var sort = args.Sorts?.FirstOrDefault();
        _order = sort is null ? CallOrder.Newest : new CallOrder(sort.Property ?? "", sort.SortOrder == SortOrder.Descending);
        await ReadAsync(args.Skip ?? 0);
    }

    private async Task ReadAsync(int skip)
    {
        var reading = ++_reading;
        var (filter, leaving) = (Filter, _follow.Ending);
        var upTo = await Calls.LastSeqAsync(leaving);
        var count = await Calls.CountAsync(filter, leaving);
        var rows = await Calls.ListAsync(filter, _order, count, skip, PageSize, Actor, leaving);
        // Whoever types quickly starts the next reading before this one ends.
        if (reading == _reading)
        {
            (_upTo, _rows, _count, _waiting, _loaded) = (upTo, rows, count, 0, true);
        }
    }

    private Task FilterAsync(string text) => GoAsync(text.Trim(), _all, _flows, _tree);

    private Task HideChattyAsync(bool hide) => GoAsync(_text, !hide, _flows, _tree);

    private Task ChooseViewAsync(bool flows) => GoAsync(_text, _all, flows, _tree);

    private Task ShowTreeAsync(bool tree) => GoAsync(_text, _all, _flows, tree);

    // What was not decrypted has flows, but no calls.
    private Task ChooseNodeAsync((string Filter, bool HasCalls) node) => GoAsync(node.Filter, _all, _flows || !node.HasCalls, _tree);

    private Task GoAsync(string text, bool all, bool flows, bool tree)
    {
        var address = Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["q"] = text.Length > 0 ? text : null, ["all"] = all ? true : null, ["view"] = flows ? "flows" : null, ["tree"] = tree ? true : null, ["call"] = null,
        });
        if (address != Navigation.Uri)
        {
            Navigation.NavigateTo(address, replace: true);
        }

        return Task.CompletedTask;
    }

    private async Task TogglePauseAsync()
    {
        _paused = !_paused && _waiting == 0;
        if (!_paused)
        {
            await FirstPageAsync();
        }
    }

    private async Task FirstPageAsync()
    {
        if (_grid is { CurrentPage: > 0 } grid)
        {
            await grid.FirstPage(forceReload: true);
        }
        else
        {
            await ReadAsync(0);
        }
    }

    // While paused, on older pages and in another order, rows stay as they are: rows that shift under the reader's eyes are worse than rows
    // that are a little old.
    private async Task FollowAsync()
    {
        var holds = _paused || !_order.Follows || _grid is { CurrentPage: > 0 };
        var (reading, filter) = (_reading, Filter);
        var upTo = await Calls.LastSeqAsync(_follow.Ending);
        var (newest, count) = await Calls.BetweenAsync(filter, _upTo, upTo, holds ? 0 : PageSize, Actor, _follow.Ending);
        if (reading != _reading || (count == 0 && holds == (_waiting > 0)))
        {
            return;
        }

        if (holds)
        {
            _waiting = count;
        }
        else
        {
            (_upTo, _rows, _count) = (upTo, [.. newest, .. _rows.Take(PageSize - newest.Count)], _count + count);
        }

        StateHasChanged();
    }

    private static void Colour(RowRenderEventArgs<CallRow> row)
    {
        if (row.Data is { Verdict: Verdict.Block or Verdict.Redact } call)
        {
            row.Attributes["class"] = call.Verdict == Verdict.Block ? "blocked" : "redacted";
        }
    }

    private void ExportAsync(RadzenSplitButtonItem? item) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(
            Navigation.ToAbsoluteUri("export/calls").AbsoluteUri,
            new Dictionary<string, object?> { ["format"] = item?.Value ?? "jsonl", ["q"] = _text, ["all"] = _all ? true : null }),
        forceLoad: true);

    private Task ShowAsync(CallRow call) => OpenAsync(call.Id, $"{Show.App(call)} → {call.Host}");

    private async Task OpenAsync(string id, string title)
    {
        await Dialogs.OpenSideAsync<CallDrawer>(
            title,
            new Dictionary<string, object?> { [nameof(CallDrawer.CallId)] = id },
            new SideDialogOptions { Position = DialogPosition.Right, Width = "min(860px, 100vw)", CloseDialogOnOverlayClick = true, CssClass = "drawer" });
    }
}
