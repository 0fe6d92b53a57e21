using System.Net.Sockets;
using System.Text;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults.Harness;

public sealed class StoreServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task Restart_AfterAKill_KeepsWhatWasAcknowledgedAndCanStartEmpty(StoreKind kind)
    {
        await using var server = await StoreServer.StartAsync(kind, cancellationToken: Token);
        Assert.Equal("+OK", await AskAsync(server, "SET", "k", "v"));
        if (kind is StoreKind.Garnet)
        {
            // Garnet writes its log a moment after it has answered; this waits for it.
            await AskAsync(server, "COMMITAOF");
        }

        await server.KillAsync();
        Assert.False(server.IsRunning);
        await server.RestartAsync(cancellationToken: Token);
        Assert.Equal("$1 v", await AskAsync(server, "GET", "k"));

        await server.RestartAsync(empty: true, Token);
        Assert.Equal("$-1", await AskAsync(server, "GET", "k"));
    }

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task Pause_LeavesTheConnectionOpenAndUnanswered_UntilResume(StoreKind kind)
    {
        await using var server = await StoreServer.StartAsync(kind, cancellationToken: Token);
        await server.PauseAsync();

        var answer = AskAsync(server, "PING");
        await Assert.ThrowsAsync<TimeoutException>(() => answer.WaitAsync(TimeSpan.FromMilliseconds(300), Token));
        await server.ResumeAsync();

        Assert.Equal("+PONG", await answer.WaitAsync(WaitUntil.DefaultDeadline, Token));
    }

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task Password_IsAskedFor(StoreKind kind)
    {
        await using var server = await StoreServer.StartAsync(kind, new StoreServerOptions { Password = "s3cret" }, Token);

        Assert.StartsWith("-NOAUTH", await AskAsync(server, "GET", "k"), StringComparison.Ordinal);
        Assert.EndsWith(",password=s3cret", server.ConnectionString, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(StoreServer server, params string[] words)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Port, Token);
        var stream = client.GetStream();
        var request = $"*{words.Length}\r\n{string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"))}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        var answer = new byte[256];
        var read = await stream.ReadAsync(answer, Token);
        return Encoding.ASCII.GetString(answer, 0, read).Trim().Replace("\r\n", " ", StringComparison.Ordinal);
    }
}
