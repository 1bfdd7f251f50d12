using AktoDivert.SideBySide;
using AktoDivert.SideBySide.Peers;

return args switch
{
    ["forwarder", var folder, var upstream] => await ForwarderPeer.RunAsync(folder, int.Parse(upstream)),
    ["proxy", var folder, var upstream, var capture, var patterns] => await HostedProxy.RunAsync(folder, int.Parse(upstream), capture, int.Parse(patterns)),
    ["bystander"] => Bystander.Run(),
    ["direct-engine"] => await DirectEngine.RunAsync(),
    _ => await Run.RunAsync(args),
};
