namespace ChatModels;

/// <summary>Whose fault an error is, and so who can cure it.</summary>
public enum ErrorCategory
{
    /// <summary>The caller sent something that can't be served; sending it again won't help.</summary>
    Caller,

    /// <summary>What is configured can't be used: an operator has to change it.</summary>
    Configuration,

    /// <summary>A provider failed, refused or was too slow.</summary>
    Upstream,

    /// <summary>The registry's store can't be reached or did not answer in time.</summary>
    Store,

    /// <summary>A defect in ChatModels.</summary>
    Internal,
}
