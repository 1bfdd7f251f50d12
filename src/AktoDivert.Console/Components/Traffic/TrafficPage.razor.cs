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
/// <c>tree</c> beside them, <c>graph=false</c> not above them, <c>call</c> opened.
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
    private TrafficView _view = new();
    private TrafficView? _read;
    private bool _paused;
    private bool _loaded;
    private string? _opened;

    [SupplyParameterFromQuery(Name = "q")] private string? AddressFilter { get; set; }

    [SupplyParameterFromQuery(Name = "all")] private bool AddressAll { get; set; }

    [SupplyParameterFromQuery(Name = "view")] private string? AddressView { get; set; }

    [SupplyParameterFromQuery(Name = "tree")] private bool AddressTree { get; set; }

    [SupplyParameterFromQuery(Name = "graph")] private bool? AddressGraph { get; set; }

    [SupplyParameterFromQuery(Name = "call")] private string? AddressCall { get; set; }

    private CallFilter Filter => CallFilter.Parse(_view.Text, Time.GetUtcNow(), promptsOnly: !_view.All);

    private IReadOnlyList<FilterError> Errors => _view.Flows ? FlowFilter.Parse(_view.Text, Time.GetUtcNow()).Errors : Filter.Errors;

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
        var before = _view;
        _view = new TrafficView(AddressFilter ?? "", AddressAll, AddressView == "flows", AddressTree, AddressGraph ?? true);
        if (!_loaded || _view.Text != before.Text || _view.All != before.All)
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
        var (reading, view) = (++_reading, _view);
        var (filter, leaving) = (Filter, _follow.Ending);
        var upTo = await Calls.LastSeqAsync(leaving);
        var count = await Calls.CountAsync(filter, leaving);
        var rows = await Calls.ListAsync(filter, _order, count, skip, PageSize, Actor, leaving);
        // Whoever types quickly starts the next reading before this one ends.
        if (reading == _reading)
        {
            (_upTo, _rows, _count, _waiting, _loaded, _read) = (upTo, rows, count, 0, true, view);
        }
    }

    private Task FilterAsync(string text) => GoAsync(_view with { Text = text.Trim() });

    private Task HideChattyAsync(bool hide) => GoAsync(_view with { All = !hide });

    private Task ChooseViewAsync(bool flows) => GoAsync(_view with { Flows = flows });

    private Task ShowTreeAsync(bool tree) => GoAsync(_view with { Tree = tree });

    private Task ShowGraphAsync(bool graph) => GoAsync(_view with { Graph = graph });

    // What was not decrypted has flows, but no calls.
    private Task ChooseNodeAsync((string Filter, bool HasCalls) node) => GoAsync(_view with { Text = node.Filter, Flows = _view.Flows || !node.HasCalls });

    private Task GoAsync(TrafficView view)
    {
        var address = AddressOf(view);
        if (address != Navigation.Uri)
        {
            Navigation.NavigateTo(address, replace: true);
        }

        return Task.CompletedTask;
    }

    private string AddressOf(TrafficView view) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["q"] = view.Text.Length > 0 ? view.Text : null, ["all"] = view.All ? true : null, ["view"] = view.Flows ? "flows" : null, ["tree"] = view.Tree ? true : null,
        ["graph"] = view.Graph ? null : false, ["call"] = null,
    });

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
            new Dictionary<string, object?> { ["format"] = item?.Value ?? "jsonl", ["q"] = _view.Text, ["all"] = _view.All ? true : null }),
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
