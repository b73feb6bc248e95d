namespace Helpdesk.Knowledge.Analysis;

/// <summary>The languages that have their own stemming and stop words. Everything else is folded and split only.</summary>
public enum Language : byte
{
    /// <summary>None of the others, or too little text to tell.</summary>
    Unknown = 0,
    English = 1,
    Russian = 2,
    Ukrainian = 3,
    Polish = 4,
    German = 5,
}
