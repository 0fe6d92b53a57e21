using ChatModels.Testing;
using ChatModels.Tests.Chat;

namespace ChatModels.Tests.Providers.InProcess;

/// <summary>A host with a chat client of its own, and a model <c>m</c> on it.</summary>
internal static class ChatClientFixture
{
    public static async Task<ChatHost> HostAsync(FakeChatClient client, Uri? fallback = null)
    {
        var host = await ChatHost.StartAsync(options => options.ChatClients["mine"] = _ => client, _ => { });
        await host.AddChatClientAsync("wrapped", "mine");
        if (fallback is null)
        {
            await host.AddModelAsync("m", "wrapped");
        }
        else
        {
            await host.AddProviderAsync("other", fallback);
            await host.AddModelAsync("m", "wrapped", "other");
        }

        return host;
    }

    public static Task AddChatClientAsync(this ChatHost host, string provider, string client) => host.AddProviderAsync(
        provider,
        new Uri("http://unused.invalid"),
        config => config with { Type = "chat-client", Endpoint = null, ApiKey = null, Options = ProviderTypesFixture.Values($$"""{"client":"{{client}}"}""") });
}
