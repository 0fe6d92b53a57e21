using ChatModels.Providers.Anthropic;
using ChatModels.Providers.AzureOpenAI;
using ChatModels.Providers.InProcess;
using ChatModels.Providers.Ollama;
using ChatModels.Providers.OpenAI;
using ChatModels.Providers.Simulator;

namespace ChatModels.Providers;

/// <summary>The provider types that come with ChatModels.</summary>
internal static class BuiltInProviderTypes
{
    public static ChatProviderTypes AddTo(ChatProviderTypes types)
    {
        types.Register(OpenAIProviderType.Metadata, OpenAIProviderType.CreateAsync);
        types.Register(AnthropicProviderType.Metadata, AnthropicProviderType.CreateAsync);
        types.Register(AzureOpenAIProviderType.Metadata, AzureOpenAIProviderType.CreateAsync);
        types.Register(OllamaProviderType.Metadata, OllamaProviderType.CreateAsync);
        types.Register(ChatClientProviderType.Metadata, ChatClientProviderType.CreateAsync);
        types.Register(SimulatorProviderType.Metadata, SimulatorProviderType.CreateAsync);
        return types;
    }
}
