using Microsoft.Extensions.Options;

namespace ChatModels.Telemetry;

/// <summary>Whether spans show what was said: only where <c>OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT</c> is true. Its bound is <c>ChatModels:Telemetry:MaxContentLength</c>.</summary>
public sealed class ContentOptions
{
    /// <summary>The variable of OpenTelemetry's GenAI instrumentations, read from the host's configuration.</summary>
    public const string Variable = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

    /// <summary>Whether attempts' spans have instructions, input and output.</summary>
    public bool Capture { get; set; }

    /// <summary>How many characters of content one attribute has at most; what follows is cut, and marked.</summary>
    public int MaxContentLength { get; set; } = 8192;
}

internal sealed class ContentOptionsValidator : IValidateOptions<ContentOptions>
{
    private const int Most = 1_000_000;

    public ValidateOptionsResult Validate(string? name, ContentOptions options) => options.MaxContentLength is > 0 and <= Most
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"ChatModels:Telemetry:{nameof(options.MaxContentLength)} is {options.MaxContentLength}; give a number from 1 to {Most}.");
}
