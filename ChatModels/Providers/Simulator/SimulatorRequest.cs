namespace ChatModels.Providers.Simulator;

/// <summary>What the simulator understands of a request.</summary>
internal sealed record SimulatorRequest
{
    /// <summary>Why it can't be answered; null when it can.</summary>
    public RequestMistake? Mistake { get; init; }

    public string LastUserText { get; init; } = "";

    public int PromptTokens { get; init; }

    public int? MaxTokens { get; init; }

    public int Choices { get; init; } = 1;

    public bool Stream { get; init; }

    public bool IncludeUsage { get; init; }

    /// <summary>The tool that the request demands; null where text is asked for.</summary>
    public ToolDemand? Tool { get; init; }
}

internal sealed record RequestMistake(string Message, string? Param);

/// <summary>A tool call that the request demands, with arguments (JSON) that fit its schema in the simplest way.</summary>
internal sealed record ToolDemand(string Name, string Arguments);
