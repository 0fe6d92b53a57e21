using System.Diagnostics;
using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults;

public sealed class RedisHealthTests
{
    // The check's own deadline is 1 s; without it a hung server takes about 6 s.
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(2.5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task Health_WhenRedisIsKilledAndComesBack_DegradesAndRecovers(StoreKind kind)
    {
        await using var redis = await StoreServer.StartAsync(kind, cancellationToken: Token);
        await using var host = await DefaultsHost.StartWithRedisAsync(redis.ConnectionString, Token);
        await UntilAsync(host, "Healthy");

        await redis.KillAsync();
        await UntilAsync(host, "Degraded");
        Assert.Equal((200, "Healthy"), await StatusAsync(host, "/alive"));

        await redis.RestartAsync(cancellationToken: Token);
        await UntilAsync(host, "Healthy");
        var told = host.Logs.GetSnapshot().Where(record => record.Level >= LogLevel.Warning || record.Message.Contains("Redis", StringComparison.Ordinal));
        Assert.InRange(told.Count(), 2, 4); // One line for each change, however many probes and reconnects there were.
        Assert.Equal("Redis answers again", told.Last().Message);
    }

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task Health_WhenRedisHangs_AnswersDegradedWithinItsDeadline(StoreKind kind)
    {
        await using var redis = await StoreServer.StartAsync(kind, cancellationToken: Token);
        await using var host = await DefaultsHost.StartWithRedisAsync(redis.ConnectionString, Token);
        await UntilAsync(host, "Healthy");

        await redis.PauseAsync();
        var (status, body, took) = await host.GetAsync("/health", Token);

        Assert.Equal((200, "Degraded"), (status, body));
        Assert.InRange(took, TimeSpan.Zero, Prompt);
        await redis.ResumeAsync();
        await UntilAsync(host, "Healthy");
    }

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task Start_WhenRedisIsDown_DoesNotWaitAndConnectsLater(StoreKind kind)
    {
        await using var redis = kind is StoreKind.Redis ? (StoreServer)new RedisServer() : new GarnetServer();
        await using var host = await DefaultsHost.StartWithRedisAsync(redis.ConnectionString, Token);

        Assert.InRange(host.StartTook, TimeSpan.Zero, Prompt);
        var (status, body, took) = await host.GetAsync("/health", Token);
        Assert.Equal((200, "Degraded"), (status, body));
        Assert.InRange(took, TimeSpan.Zero, Prompt);

        await redis.BootAsync(Token);
        await UntilAsync(host, "Healthy");
    }

    [Fact]
    public async Task Start_WhenRedisHangs_DoesNotWait()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Token);
        await redis.PauseAsync();
        await using var host = await DefaultsHost.StartWithRedisAsync(redis.ConnectionString, Token);

        var (status, body, took) = await host.GetAsync("/health", Token);

        Assert.InRange(host.StartTook, TimeSpan.Zero, Prompt);
        Assert.Equal((200, "Degraded"), (status, body));
        Assert.InRange(took, TimeSpan.Zero, Prompt);
        await redis.ResumeAsync();
        await UntilAsync(host, "Healthy");
    }

    [Fact]
    public async Task Start_WhenRedisRefusesThePassword_DegradesAndNeverLogsIt()
    {
        await using var redis = await RedisServer.StartAsync(new StoreServerOptions { Password = "right" }, Token);
        await using var host = await DefaultsHost.StartWithRedisAsync($"{redis.EndPoint},password=wr0ng-s3cret", Token);

        await WaitUntil.TrueAsync(
            async _ =>
            {
                Assert.Equal((200, "Degraded"), await StatusAsync(host, "/health"));
                return host.Logs.GetSnapshot().Any(record => record.Message == "Redis is degraded: not connected (AuthenticationFailure)");
            },
            "the reason in the log", TimeSpan.FromSeconds(30), Token);

        Assert.DoesNotContain(host.Logs.GetSnapshot(), record => $"{record.Message} {record.Exception}".Contains("wr0ng", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connection_CarriesTheApplicationsNameAndIsOneForAll()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Token);
        await using var host = await DefaultsHost.StartWithRedisAsync($"{redis.ConnectionString},abortConnect=true", Token);
        await UntilAsync(host, "Healthy");

        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();
        var options = ConfigurationOptions.Parse(connection.Configuration);

        Assert.Equal("defaults-test", connection.ClientName);
        Assert.False(options.AbortOnConnectFail);
        Assert.Single(host.Services.GetServices<IConnectionMultiplexer>());
    }

    [Fact]
    public async Task Stop_WhileTheFirstConnectHangs_DoesNotWaitForIt()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Token);
        await redis.PauseAsync();
        var host = await DefaultsHost.StartWithRedisAsync(redis.ConnectionString, Token);
        var started = Stopwatch.GetTimestamp();

        await host.DisposeAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Prompt);
    }

    private static async Task<(int, string)> StatusAsync(DefaultsHost host, string path)
    {
        var (status, body, _) = await host.GetAsync(path, Token);
        return (status, body);
    }

    private static Task UntilAsync(DefaultsHost host, string state) => WaitUntil.TrueAsync(
        async token => (await host.GetAsync("/health", token)).Body == state, $"/health to say {state}", TimeSpan.FromSeconds(30), Token);
}
