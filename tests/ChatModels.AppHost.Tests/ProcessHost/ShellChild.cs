using ChatModels.AppHost.ProcessHost;

namespace ChatModels.AppHost.Tests.ProcessHost;

/// <summary>Real children, written in shell.</summary>
internal static class ShellChild
{
    public static ChildProcess Running(string name, string script = "exec sleep 300") => Named(name, script, ready: true);

    public static ChildProcess NeverReady(string name, string script) => Named(name, script, ready: false);

    private static ChildProcess Named(string name, string script, bool ready) =>
        new(name, "/bin/sh", ["-c", script]) { IsReady = _ => Task.FromResult(ready), Cure = "do the right thing" };
}
