// Keeps what is asked of Polku before its script has come.
window.polku = window.polku || function () { (window.polku.q = window.polku.q || []).push(arguments); };
