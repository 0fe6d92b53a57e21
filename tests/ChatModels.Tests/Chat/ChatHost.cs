using System.Text;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Secrets;
using ChatModels.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ChatModels.Tests.Chat;

/// <summary>A .NET service that uses ChatModels in process, with a registry in memory.</summary>
internal sealed class ChatHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ChatHost(IHost host) => _host = host;

    public const string Key = "sk-test-0123456789";

    public IServiceProvider Services => _host.Services;

    public ModelRegistry Registry => Services.GetRequiredService<ModelRegistry>();

    public ChatPipeline Pipeline => Services.GetRequiredService<ChatPipeline>();

    public ChatClients Clients => Services.GetRequiredService<ChatClients>();

    public static ChatCall Call(byte[] body) => new(UpstreamOperation.ChatCompletions, body);

    public static Task<ChatHost> StartAsync(params (string Key, string Value)[] settings) => StartAsync(_ => { }, settings);

    public static Task<ChatHost> StartAsync(TimeProvider time, params (string Key, string Value)[] settings) =>
        StartAsync(builder => builder.Services.AddSingleton(time), settings);

    public static Task<ChatHost> StartAsync(Action<IHostApplicationBuilder> with, params (string Key, string Value)[] settings) => StartAsync(_ => { }, with, settings);

    public static async Task<ChatHost> StartAsync(Action<ChatModelsOptions> configure, Action<IHostApplicationBuilder> with, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection([
            new("ChatModels:Registry:Store", "memory"),
            new("Secrets:upstream", Key),
            .. settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value)),
        ]);
        with(builder);
        builder.AddChatModels(configure);
        var host = new ChatHost(builder.Build());
        await host._host.StartAsync(TestContext.Current.CancellationToken);
        await WaitUntil.TrueAsync(() => host.Registry.Current.Head is not null, "the registry", cancellationToken: TestContext.Current.CancellationToken);
        return host;
    }

    public async Task AddProviderAsync(string id, Uri endpoint, Func<ProviderConfig, ProviderConfig>? with = null)
    {
        var config = new ProviderConfig { Type = "openai", Endpoint = endpoint.ToString(), ApiKey = new SecretReference("upstream") };
        Assert.Null((await Registry.PutProviderAsync(id, with?.Invoke(config) ?? config, Precondition.None, "test", TestContext.Current.CancellationToken)).Failure);
    }

    public Task AddModelAsync(string id, params string[] providers) =>
        AddModelAsync(id, new ModelConfig { Deployments = [.. providers.Select((p, i) => new DeploymentConfig { Provider = p, Model = $"{p}-model", Priority = i })] });

    public async Task AddModelAsync(string id, ModelConfig config) =>
        Assert.Null((await Registry.PutModelAsync(id, config, Precondition.None, "test", TestContext.Current.CancellationToken)).Failure);

    /// <summary>Sends a body and reads the whole answer.</summary>
    public async Task<(ChatReply Reply, string Body)> AskAsync(string body, CancellationToken cancellationToken = default)
    {
        await using var reply = await Pipeline.SendAsync(Encoding.UTF8.GetBytes(body), cancellationToken);
        using var all = new MemoryStream();
        while (await reply.ReadAsync(cancellationToken) is { IsEmpty: false } bytes)
        {
            all.Write(bytes.Span);
        }

        return (reply, Encoding.UTF8.GetString(all.ToArray()));
    }

    public static string Ask(string model, bool stream = false) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}],"stream":{{(stream ? "true" : "false")}}}""";

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
