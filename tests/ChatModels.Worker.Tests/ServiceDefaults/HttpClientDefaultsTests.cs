using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly.Timeout;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults;

public sealed class HttpClientDefaultsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_IsRepeated_PostIsNot()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(503), Token);
        upstream.OnOther = (context, _) => UpstreamReply.WriteErrorAsync(context, 503);
        await using var host = await StartAsync(options => options.Retry.Delay = TimeSpan.Zero);
        var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

        using var post = await client.PostAsync($"{upstream.Endpoint}/chat/completions", new StringContent("{}"), Token);
        Assert.Single(upstream.Requests);

        using var get = await client.GetAsync($"{upstream.Endpoint}/models", Token);
        Assert.Equal(1 + 4, upstream.Requests.Count);
    }

    [Fact]
    public async Task Post_IsNotCut_WhereAGetIsTooSlow()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Completion("long")), Token);
        upstream.OnOther = async (context, _) => await gate.Task.WaitAsync(context.RequestAborted);
        await using var host = await StartAsync(options =>
        {
            options.Retry.MaxRetryAttempts = 1;
            options.Retry.Delay = TimeSpan.Zero;
            options.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(100);
            options.TotalRequestTimeout.Timeout = TimeSpan.FromMilliseconds(300);
        });
        var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

        var post = client.PostAsync($"{upstream.Endpoint}/chat/completions", new StringContent("""{"model":"m"}"""), Token);
        await upstream.NextRequestAsync(Token);
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => client.GetAsync($"{upstream.Endpoint}/models", Token));
        gate.SetResult();

        using var response = await post;
        Assert.Contains("long", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceDiscovery_ResolvesNamesFromConfiguration()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Completion("found"), Token);
        var builder = DefaultsHost.NewBuilder(("services:upstream:http:0", upstream.Endpoint.GetLeftPart(UriPartial.Authority)));
        await using var host = await DefaultsHost.StartAsync(builder, Token);
        var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

        using var response = await client.PostAsync("https+http://upstream/v1/chat/completions", new StringContent("{}"), Token);

        Assert.Contains("found", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static async Task<DefaultsHost> StartAsync(Action<HttpStandardResilienceOptions> configure)
    {
        var builder = DefaultsHost.NewBuilder();
        builder.Services.ConfigureAll(configure);
        return await DefaultsHost.StartAsync(builder, Token);
    }
}
