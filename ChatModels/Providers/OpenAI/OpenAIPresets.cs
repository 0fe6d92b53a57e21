namespace ChatModels.Providers.OpenAI;

/// <summary>Vendors with an OpenAI-compatible endpoint. Names in telemetry are those of OpenTelemetry's GenAI conventions where they have one.</summary>
internal static class OpenAIPresets
{
    public static IReadOnlyList<ProviderPreset> All { get; } =
    [
        new("openai", new("https://api.openai.com/v1"), "openai"),
        new("deepseek", new("https://api.deepseek.com/v1"), "deepseek"),
        new("gemini", new("https://generativelanguage.googleapis.com/v1beta/openai"), "gcp.gemini"),
        new("groq", new("https://api.groq.com/openai/v1"), "groq"),
        new("mistral", new("https://api.mistral.ai/v1"), "mistral_ai"),
        new("ollama", new("http://localhost:11434/v1"), "ollama"),
        new("openrouter", new("https://openrouter.ai/api/v1"), "openrouter"),
        new("vllm", new("http://localhost:8000/v1"), "vllm"),
    ];
}
