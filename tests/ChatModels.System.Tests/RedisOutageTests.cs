using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatModels.Testing;
using OpenAI.Chat;
using Xunit;

namespace ChatModels.System.Tests;

public class RedisOutageTests
{
    private static readonly object AnyModel = new { deployments = new[] { new { provider = "simulator", model = "fast" } } };

    [Fact]
    public async Task WithItsRedisKilled_TheSystemStillChats_AndIsWritableAgainWhenRedisIsBack()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var redis = await RedisServer.StartAsync(new StoreServerOptions { Arguments = ["--appendfsync", "always"] }, cancelled);
        await using var host = await AppHostProcess.StartAsync(cancelled, "--no-dashboard", "--redis", redis.EndPoint);
        await host.PutAsync("/registry/models/before", AnyModel, cancelled);

        await redis.KillAsync();

        ChatCompletion answer = await host.Chat("before").CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: cancelled);
        Assert.NotEmpty(answer.Content[0].Text);
        await AWriteIsRefusedInTime(host, cancelled);
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync("/health", cancelled)).StatusCode);

        await redis.RestartAsync(cancellationToken: cancelled);

        await WaitUntil.TrueAsync(
            async token => (await host.Http.PutAsJsonAsync("/registry/models/after", AnyModel, token)).IsSuccessStatusCode,
            "a write after Redis came back", cancellationToken: cancelled);
        answer = await host.Chat("after").CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: cancelled);
        Assert.NotEmpty(answer.Content[0].Text);
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync("/registry/models/before", cancelled)).StatusCode);
    }

    private static async Task AWriteIsRefusedInTime(AppHostProcess host, CancellationToken cancelled)
    {
        var started = Stopwatch.GetTimestamp();
        using var refused = await host.Http.PutAsJsonAsync("/registry/models/during", AnyModel, cancelled);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("registry_unavailable", (await refused.Content.ReadFromJsonAsync<JsonElement>(cancelled)).GetProperty("code").GetString());
    }
}
