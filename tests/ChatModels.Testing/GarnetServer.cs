namespace ChatModels.Testing;

/// <summary>Garnet, fetched and run by the SDK: nothing has to be installed. A start takes about two seconds; share it where a test does not harm it.</summary>
public sealed class GarnetServer(StoreServerOptions? options = null) : StoreServer(options ?? new())
{
    public const string Version = "2.2.8";

    public static async Task<GarnetServer> StartAsync(StoreServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var server = new GarnetServer(options);
        await server.BootAsync(cancellationToken);
        return server;
    }

    protected override TestProcess Launch(string directory)
    {
        // Without RandomAccess the append-only file needs libaio, which many machines lack.
        string[] arguments =
        [
            "tool", "exec", $"garnet-server@{Version}", "--yes", "--", "--port", $"{Port}", "--bind", "127.0.0.1",
            "--aof", "--device-type", "RandomAccess", "--recover", "--checkpointdir", directory,
            .. Options.Password is { } password ? (string[])["--auth", "Password", "--password", password] : [],
            .. Options.Arguments,
        ];
        return TestProcess.Start(Tools.DotNet, arguments, start => start.WorkingDirectory = directory);
    }
}
