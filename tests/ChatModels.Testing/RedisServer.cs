namespace ChatModels.Testing;

/// <summary>redis-server from the PATH. Where it is missing the test is skipped with a reason (see <see cref="Tools.Require"/>).</summary>
public sealed class RedisServer(StoreServerOptions? options = null) : StoreServer(options ?? new())
{
    public static async Task<RedisServer> StartAsync(StoreServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var server = new RedisServer(options);
        await server.BootAsync(cancellationToken);
        return server;
    }

    protected override TestProcess Launch(string directory)
    {
        string[] arguments =
        [
            "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
            .. Options.Password is { } password ? (string[])["--requirepass", password] : [],
            .. Options.Arguments,
        ];
        return TestProcess.Start(Tools.Require("redis-server"), arguments);
    }
}
