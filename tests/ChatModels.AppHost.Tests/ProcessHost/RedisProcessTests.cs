using System.Net.Sockets;
using System.Text;
using ChatModels.AppHost.ProcessHost;
using ChatModels.AppHost.Redis;
using Xunit;

namespace ChatModels.AppHost.Tests.ProcessHost;

public sealed class RedisProcessTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData(nameof(RedisKind.Local))]
    [InlineData(nameof(RedisKind.Garnet))]
    public async Task Redis_KeepsItsDataOverRestarts_UntilItIsAskedForAFreshStart(string kind)
    {
        Assert.SkipWhen(RedisServer.Find(Enum.Parse<RedisKind>(kind)) is null && !Requirement.All, RedisServer.NoneOnPath);

        Assert.Equal("+OK", await AskAsync(kind, fresh: false, "SET color green"));
        Assert.Equal("$5 green", await AskAsync(kind, fresh: false, "GET color"));
        Assert.Equal("$-1", await AskAsync(kind, fresh: true, "GET color"));
    }

    [Fact]
    public async Task Describe_WhileAnotherAppHostHasTheData_SaysSo()
    {
        using var held = RedisDataDirectory.TryTake(_data.Path, "garnet", fresh: false);

        var problem = await Assert.ThrowsAsync<StartFailedException>(() => RedisProcess.DescribeAsync(Options(nameof(RedisKind.Garnet), fresh: false), Token));

        Assert.Equal(RedisDataDirectory.InUse(_data.Path), problem.Message);
    }

    private async Task<string> AskAsync(string kind, bool fresh, string command)
    {
        var redis = await RedisProcess.DescribeAsync(Options(kind, fresh), Token);
        await using var run = Run.Of(new LaunchPlan([redis.Process!]) { Welcome = ["welcome"], Held = [redis.Data] });
        Assert.True(await Deadline.MetAsync(() => run.Output.Contains("welcome", StringComparison.Ordinal) || run.ExitCode.IsCompleted, TimeSpan.FromSeconds(60), Token));
        Assert.False(run.ExitCode.IsCompleted, run.Output);

        var answer = await SendAsync(redis.ConnectionString, command);
        await run.StopAsync();
        return answer;
    }

    private static async Task<string> SendAsync(string endpoint, string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", int.Parse(endpoint.Split(':')[1], null), Token);
        var stream = client.GetStream();
        var words = command.Split(' ');
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"))), Token);
        var reply = new byte[64];
        var length = await stream.ReadAsync(reply, Token);
        return Encoding.ASCII.GetString(reply, 0, length).Trim().Replace("\r\n", " ", StringComparison.Ordinal);
    }

    private AppHostOptions Options(string kind, bool fresh) => new() { Redis = new RedisChoice(Enum.Parse<RedisKind>(kind)), DataDirectory = _data.Path, Fresh = fresh };
}
